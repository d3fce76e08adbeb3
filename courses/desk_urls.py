"""Addresses of the desk, below the Wagtail admin."""

from django.urls import path

from . import desk_views as views
from . import evaluation_desk, seat_desk

app_name = "desk"
urlpatterns = [
    path("runs/", views.RunsView.as_view(), name="runs"),
    path("runs/<int:pk>/", views.RunView.as_view(), name="run"),
    path("runs/<int:pk>/cancel/", views.CancelRunView.as_view(), name="cancel"),
    path("finished/", views.FinishedView.as_view(), name="finished"),
    path("finished/<int:pk>/undo/", views.UndoFinishedView.as_view(), name="undo-finished"),
    path("tasks/", views.TasksView.as_view(), name="tasks"),
    *evaluation_desk.urlpatterns,
    *seat_desk.urlpatterns,
]
