import warnings

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gaobo_banzhuren.documents"
    verbose_name = "文件与表格"

    def ready(self) -> None:
        # openpyxl tells developers what it drops from a file; a person's upload is no concern of theirs. Set once here:
        # switching filters while reading is not safe with threads.
        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
        from gaobo_banzhuren.documents import checks  # noqa: F401  registers the system checks
