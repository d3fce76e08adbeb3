"""Addresses of a teacher's path and of what we noticed."""

from django.urls import path

from . import views

app_name = "plans"
urlpatterns = [
    path("path/", views.path, name="path"),
    path("path/<int:course_id>/accept/", views.accept, name="accept"),
    path("path/<int:course_id>/swap/", views.swap, name="swap"),
    path("path/<int:course_id>/not-a-fit/", views.not_a_fit, name="not-a-fit"),
    path("path/<int:course_id>/undo/", views.undo, name="undo"),
    path("path/<int:course_id>/ask/", views.ask, name="ask"),
    path("path/noticed/", views.noticed, name="noticed"),
    path("path/noticed/skills/<int:pk>/", views.skill_answer, name="skill-answer"),
    path("path/noticed/tickets/", views.tickets, name="tickets"),
    path("path/noticed/tickets/<int:pk>/", views.ticket, name="ticket"),
    path("path/noticed/tickets/<int:pk>/use/", views.ticket_use, name="ticket-use"),
    path("settings/ticket-use/", views.history_use, name="history-use"),
]
