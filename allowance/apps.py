from django.apps import AppConfig


class AllowanceConfig(AppConfig):
    name = "allowance"
    verbose_name = "津贴"

    def ready(self) -> None:
        from gaobo_banzhuren.regulation.registry import register_previewer, register_usage
        from teachers.services.imports.undoing import register_dependency

        from . import looks, panels  # noqa: F401  looks declares how states look
        from .services.dependencies import months_resting_on
        from .services.previews import preview_months, use_of

        register_previewer(preview_months)
        register_usage(use_of)
        register_dependency(months_resting_on)
        panels.register()
