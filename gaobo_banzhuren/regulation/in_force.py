"""Which rules hold on a day: the question every calculation starts with (第十二条)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from gaobo_banzhuren.web.errors import UserError

from .bundle import Parts, Rules, digest_of
from .data_files import default_system_settings
from .models import RuleVersion, SystemSetting
from .parts import from_json, to_json
from .system import SystemSettings

LIGHT = ("pk", "title", "effective_from", "digest")


class NoRuleError(UserError):
    """No rule version is in force on the day asked for."""


class DamagedRuleError(UserError):
    """The stored content does not match its digest: it was changed around the product."""

    status = 500


def rules_on(day: dt.date) -> Rules:
    """The version in force on `day`. One light query; the content is read once per version and process.

    Raises NoRuleError before the first version.
    """
    found = (
        RuleVersion.objects.active()
        .filter(effective_from__lte=day)
        .order_by("-effective_from")
        .values_list(*LIGHT)
        .first()
    )
    if found is None:
        raise NoRuleError(f"{day.isoformat()} 无适用制度：{_first_day_text()}")
    return _rules(*found)


def rules_since() -> dt.date | None:
    """The first day on which any rules hold (第十二条); None before the first version is loaded."""
    return RuleVersion.objects.active().order_by("effective_from").values_list("effective_from", flat=True).first()


def rules_for_month(month: dt.date) -> Rules:
    """The version for the month that `month` lies in: the one in force on its first day (A-25, A-26)."""
    first = month.replace(day=1)
    try:
        return rules_on(first)
    except NoRuleError:
        raise NoRuleError(f"{first:%Y-%m} 无适用制度：{_first_day_text()}") from None


def rules_of(version_id: int) -> Rules:
    """The rules of one version, active or not, e.g. the one stored with a settled month. NoRuleError if missing."""
    found = RuleVersion.objects.filter(pk=version_id).values_list(*LIGHT).first()
    if found is None:
        raise NoRuleError(f"没有编号为 {version_id} 的制度版本。")
    return _rules(*found)


def current_version(today: dt.date) -> RuleVersion | None:
    """The active version whose first day has come."""
    return RuleVersion.objects.active().filter(effective_from__lte=today).order_by("-effective_from").first()


def _rules(pk: int, title: str, effective_from: dt.date, digest: str) -> Rules:
    return Rules(pk, title, effective_from, digest, _parts(pk, digest))


@lru_cache(maxsize=64)
def _parts(pk: int, digest: str) -> Parts:
    version = RuleVersion.objects.only("parts").get(pk=pk)
    if digest_of(version.parts) != digest:
        raise DamagedRuleError(f"制度版本 {pk} 的内容与校验不符，已停止使用；请联系系统管理员核对数据库。")
    return version.typed_parts()


def _first_day_text() -> str:
    first = rules_since()
    if first is None:
        return "还没有生效的制度版本。"
    return f"最早的制度自 {first.isoformat()} 起施行（第十二条）。"


def system_settings() -> SystemSettings:
    """The system-wide settings in force: the defaults with what the office has changed."""
    values = to_json(default_system_settings()) | dict(SystemSetting.objects.values_list("key", "value"))
    return from_json(SystemSettings, values, "system")
