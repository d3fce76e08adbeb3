from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People and what they asked for"

    def ready(self) -> None:
        from . import privacy
        from .held import HELD, INSIDE
        from .rosters.uploading import KIND as roster
        from .tickets.uploading import KIND as tickets
        from .uploads import register

        register(roster)
        register(tickets)
        privacy.register(*HELD)
        privacy.register_inside(*INSIDE)
