from django.apps import AppConfig


class RegulationConfig(AppConfig):
    name = "gaobo_banzhuren.regulation"
    label = "regulation"
    verbose_name = "制度与校历"
