"""allauth's addresses: sign-in, codes, passwords, second factors."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # Addresses come from the roster or an invitation: they are not changed here.
    path("email/", RedirectView.as_view(pattern_name="profiles:settings")),
    # Accounts are connected by signing in with a verified address, and in no other way.
    path("3rdparty/", RedirectView.as_view(pattern_name="profiles:settings")),
    path("3rdparty/signup/", RedirectView.as_view(pattern_name="account_signup")),
    path("", include("allauth.urls")),
]
