"""Addresses of the closet."""

from django.urls import path

from . import views

urlpatterns = [
    path("closet/", views.closet, name="closet"),
    path("closet/<int:pk>/", views.change, name="closet-change"),
    path("closet/<int:pk>/pick-up/", views.pick_up, name="closet-pick-up"),
]
