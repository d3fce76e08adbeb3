"""Addresses of seats, learning, the calendar, the record and required sessions."""

from django.urls import path

from . import (
    certificate_views,
    check_in_views,
    claim_views,
    credit_desk,
    credit_views,
    door_views,
    evaluation_views,
    feed_views,
    hand_in_views,
    requirement_views,
    seat_views,
    views,
)

app_name = "courses"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("record/", views.record, name="record"),
    path("runs/<int:pk>/enrol/", seat_views.enrol, name="enrol"),
    path("enrolments/<int:pk>/withdraw/", seat_views.withdraw, name="withdraw"),
    path("enrolments/<int:pk>/accept/", seat_views.accept, name="accept"),
    path("sessions/<int:pk>/start/", views.start, name="start"),
    path("sessions/<int:pk>/check/<str:block_id>/", views.check, name="check"),
    path("requirements/", requirement_views.requirements, name="requirements"),
    path("requirements/add/", requirement_views.add, name="requirement-add"),
    path("requirements/<int:pk>/", requirement_views.change, name="requirement"),
    path(
        "requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="requirement-withdraw"
    ),
    *evaluation_views.urlpatterns,
    *feed_views.urlpatterns,
    *credit_views.urlpatterns,
    *credit_desk.urlpatterns,
    *certificate_views.urlpatterns,
    *door_views.urlpatterns,
    *check_in_views.urlpatterns,
    *claim_views.urlpatterns,
    *hand_in_views.urlpatterns,
]
