"""Addresses of people, their calendar and imports."""

from . import year_urls

app_name = "profiles"
urlpatterns = [
    *year_urls.urlpatterns,
]
