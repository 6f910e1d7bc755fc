from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "gaobo_banzhuren.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Every app may name its actions in `audit_labels.py`."""
        autodiscover_modules("audit_labels")
