from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "duties"
    verbose_name = "班主任工作"

    def ready(self) -> None:
        """What the foundation asks this app for: who may open its files, panels of the start page, looks of states."""
        from . import registrations  # noqa: F401
