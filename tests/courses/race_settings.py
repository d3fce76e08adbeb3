"""The embedded mode, its tables made straight from the models."""

from pdplanner.settings.embedded import *  # noqa: F403


class _None(dict):
    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


MIGRATION_MODULES = _None()
