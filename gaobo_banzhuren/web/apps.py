from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gaobo_banzhuren.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from django.forms import Field

        # Django says 字段, which is a programmer's word; every form of the product says it this way.
        Field.default_error_messages["required"] = "这一项必填。"
