from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "pdplanner.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Paths"

    def ready(self) -> None:
        from . import receivers  # noqa: F401 (connects them)
