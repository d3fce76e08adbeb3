"""Addresses of completion and its exports."""

from django.urls import path

from . import forecast_views, views

app_name = "insights"
urlpatterns = [
    path("completion/", views.completion, name="completion"),
    path("completion/schools.csv", views.export_schools, name="export-schools"),
    path("completion/sessions.csv", views.export_required, name="export-required"),
    path("completion/people.csv", views.export_people, name="export-people"),
    path("completion/no-school/", views.no_school, name="no-school"),
    path("completion/schools/<int:school_id>/", views.school, name="school"),
    path("completion/sessions/<int:requirement_id>/", views.required, name="required"),
    path("forecast/", forecast_views.forecast, name="forecast"),
    path("forecast/ask/", forecast_views.ask, name="forecast-ask"),
    path("forecast/figures.json", forecast_views.figures, name="forecast-figures"),
]
