from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gaobo_banzhuren.documents"
    verbose_name = "文件与表格"

    def ready(self) -> None:
        from gaobo_banzhuren.documents import checks  # noqa: F401  registers the system checks
