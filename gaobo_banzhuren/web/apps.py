from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gaobo_banzhuren.web"
    label = "web"
    verbose_name = "页面"
