"""The site's addresses with those of SAML, as a site has them where SAML is set up."""

from django.urls import include, path

from pdplanner.urls import urlpatterns as of_the_site

urlpatterns = [path("accounts/", include("profiles.sign_in.saml.urls")), *of_the_site]
