"""allauth's addresses: sign-in, codes, passwords, second factors."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
