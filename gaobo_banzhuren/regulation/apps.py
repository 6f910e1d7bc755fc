from django.apps import AppConfig


class RegulationConfig(AppConfig):
    name = "gaobo_banzhuren.regulation"
    label = "regulation"
    verbose_name = "制度与校历"

    def ready(self) -> None:
        from gaobo_banzhuren.accounts.roles import Role
        from gaobo_banzhuren.web.home import register_panel
        from gaobo_banzhuren.web.status import declare

        from .models import RuleVersion
        from .panels import ORDER, office_panel

        register_panel([Role.OFFICE], ORDER, office_panel)

        status = RuleVersion.Status
        declare(
            status,
            {status.DRAFT: ("neutral", "pencil"), status.ACTIVE: "success", status.VOID: ("neutral", "slash-circle")},
        )
