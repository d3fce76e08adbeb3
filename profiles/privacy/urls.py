"""Addresses of what is held about people."""

from django.urls import path

from . import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("my-data/", views.my_data, name="my-data"),
    path("my-data/download/", views.download, name="my-data-download"),
    path("my-data/erasure/", views.ask_erasure, name="ask-erasure"),
    path("erasure-requests/", views.erasures, name="erasures"),
]
