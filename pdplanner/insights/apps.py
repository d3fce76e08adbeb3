from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "pdplanner.insights"
    label = "insights"
    verbose_name = "Completion and what it tells"
