"""Addresses of the district's own sign-in, under the names that allauth looks for."""

from django.urls import path

from . import views

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    path("clever/login/", views.clever_login, name="clever_login"),
    path("clever/login/callback/", views.clever_callback, name="clever_callback"),
]
