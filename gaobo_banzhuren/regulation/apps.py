from django.apps import AppConfig


class RegulationConfig(AppConfig):
    name = "gaobo_banzhuren.regulation"
    label = "regulation"
    verbose_name = "制度与校历"

    def ready(self) -> None:
        from gaobo_banzhuren.web.status import declare

        from .models import RuleVersion

        status = RuleVersion.Status
        declare(
            status,
            {status.DRAFT: ("neutral", "pencil"), status.ACTIVE: "success", status.VOID: ("neutral", "slash-circle")},
        )
