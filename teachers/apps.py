from django.apps import AppConfig


class TeachersConfig(AppConfig):
    name = "teachers"
    verbose_name = "班主任与班级"

    def ready(self) -> None:
        """What the foundation asks this app for: who may open its files, panels of the start page, looks of states."""
        from . import registrations  # noqa: F401
