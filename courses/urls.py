"""Addresses of seats, learning, the calendar, the record and required sessions."""

from django.urls import path

from . import evaluation_views, requirement_views, views

app_name = "courses"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("record/", views.record, name="record"),
    path("runs/<int:pk>/enrol/", views.enrol, name="enrol"),
    path("enrolments/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("sessions/<int:pk>/start/", views.start, name="start"),
    path("sessions/<int:pk>/check/<str:block_id>/", views.check, name="check"),
    path("requirements/", requirement_views.requirements, name="requirements"),
    path("requirements/add/", requirement_views.add, name="requirement-add"),
    path("requirements/<int:pk>/", requirement_views.change, name="requirement"),
    path(
        "requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="requirement-withdraw"
    ),
    *evaluation_views.urlpatterns,
]
