from django.apps import AppConfig


class PdplannerConfig(AppConfig):
    """The project itself: it loads the Celery app, so that a web process knows its broker."""

    name = "pdplanner"

    def ready(self) -> None:
        from pdplanner import celery  # noqa: F401 (the package __init__ stays empty on purpose)
