"""allauth's addresses: sign-in, codes, passwords, second factors."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # Addresses come from the roster or an invitation: they are not changed here.
    path("email/", RedirectView.as_view(pattern_name="profiles:settings")),
    path("", include("allauth.urls")),
]
