from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gaobo_banzhuren.audit"
    label = "audit"
    verbose_name = "审计"
