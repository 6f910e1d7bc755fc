from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gaobo_banzhuren.accounts"
    label = "accounts"
    verbose_name = "账号与角色"

    def ready(self) -> None:
        from . import looks, start  # noqa: F401  `looks` declares how states look

        start.install()
