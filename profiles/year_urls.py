"""Addresses of the coordinator's calendar: school years, terms and special days."""

from django.urls import path

from . import year_views

urlpatterns = [
    path("year/", year_views.year, name="year"),
    path("year/<str:what>/add/", year_views.add, name="year-add"),
    path("year/<str:what>/<int:pk>/", year_views.change, name="year-change"),
    path("year/<str:what>/<int:pk>/remove/", year_views.remove, name="year-remove"),
]
