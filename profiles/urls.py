"""Addresses of people, the fitting, settings, their calendar and imports."""

from django.urls import path

from . import contact_views, feed_urls, fitting_views, import_urls, unsubscribe, views, year_urls
from .closet.urls import urlpatterns as closet_urls
from .privacy.urls import urlpatterns as privacy_urls

app_name = "profiles"
urlpatterns = [
    path("", views.home, name="home"),
    path("fitting/", fitting_views.fitting, name="fitting"),
    path("fitting/end/", fitting_views.fitting_end, name="fitting-end"),
    path("fitting/<str:screen>/", fitting_views.fitting_screen, name="fitting-screen"),
    path("goals/suggestions/", views.goal_suggestions, name="goal-suggestions"),
    path("goals/<int:pk>/end/", views.goal_end, name="goal-end"),
    path("settings/", views.settings, name="settings"),
    path("settings/goals/", views.settings_goals, name="settings-goals"),
    path("settings/<str:screen>/", views.settings_screen, name="settings-screen"),
    *year_urls.urlpatterns,
    *import_urls.urlpatterns,
    *feed_urls.urlpatterns,
    path("help-desks/contacts/", contact_views.contacts, name="contacts"),
    path("help-desks/contacts/<int:pk>/", contact_views.contact_remove, name="contact-remove"),
    *unsubscribe.urlpatterns,
    *privacy_urls,
    *closet_urls,
]
