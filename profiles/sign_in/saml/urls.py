"""Addresses of signing in by SAML, under the names that allauth looks for."""

from django.urls import include, path

from . import views

urlpatterns = [
    path(
        "saml/<slug:organization_slug>/",
        include(
            [
                path("login/", views.login, name="saml_login"),
                path("acs/", views.come_back, name="saml_acs"),
                path("acs/finish/", views.finish, name="saml_finish_acs"),
                path("metadata/", views.metadata, name="saml_metadata"),
                path("sls/", views.sign_out, name="saml_sls"),
            ]
        ),
    )
]
