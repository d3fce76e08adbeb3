"""Addresses of the coordinator's imports."""

from django.urls import path

from . import import_views

urlpatterns = [
    path("imports/", import_views.imports, name="imports"),
    path("imports/new/<str:kind>/", import_views.upload, name="import-upload"),
    path("imports/<int:pk>/", import_views.run, name="import-run"),
    path("imports/<int:pk>/columns/", import_views.columns, name="import-columns"),
    path("imports/<int:pk>/apply/", import_views.apply, name="import-apply"),
    path("imports/<int:pk>/leave/", import_views.leave, name="import-leave"),
]
