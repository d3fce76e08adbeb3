from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Sessions, dates and who is going"

    def ready(self) -> None:
        from profiles import privacy
        from profiles.tickets.allowed import register_catalogue
        from profiles.uploads import register

        from . import checks, receivers  # noqa: F401 (connects them)
        from .catalogue.uploading import KIND
        from .held import HELD
        from .queries.words import session_words

        register(KIND)
        register_catalogue(session_words)
        privacy.register(*HELD)
