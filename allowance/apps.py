from django.apps import AppConfig


class AllowanceConfig(AppConfig):
    name = "allowance"
    verbose_name = "津贴"
