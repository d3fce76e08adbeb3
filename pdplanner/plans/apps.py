from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "pdplanner.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Paths"

    def ready(self) -> None:
        from courses.queries.licences import register_planned
        from profiles import privacy

        from . import receivers  # noqa: F401 (connects them)
        from .held import HELD

        privacy.register(*HELD)
        from .queries.planned import planned_course_ids

        register_planned(planned_course_ids)
