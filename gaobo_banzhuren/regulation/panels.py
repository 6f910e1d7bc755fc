"""What the start page tells the office about the rules."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.home import Action, Panel, PanelItem

from .models import CalendarDay, Reading, ReadingDecision, RuleVersion, SchoolYear

ORDER = 80


def office_panel(user: User) -> Panel:
    """Payable months and readings that wait for the office, open drafts, an empty calendar."""
    return Panel(
        title="制度与校历",
        items=[*_year_items(), *_reading_items(), *_draft_items()],
        empty="计发月份和口径都已确认。",
        action=Action("打开制度与校历", reverse("regulation:home"), "sliders"),
        icon="sliders",
        hat=Role.OFFICE.label,
    )


def _year_items() -> list[PanelItem]:
    today = timezone.localdate()
    year = SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    if year is None:
        return [PanelItem("本学年还没有建立", None, reverse("regulation:school_year_create"), "danger")]
    address = reverse("regulation:school_year", args=[year.name])
    items = []
    if not year.payable_confirmed:
        items.append(PanelItem("计发月份待确认", None, address, "warning", f"{year.name} 学年，确认前批次不能送人事"))
    if not CalendarDay.objects.filter(day__range=(year.starts_on, year.ends_on)).exists():
        items.append(PanelItem("放假与调休未登记", None, address, "neutral", "公示工作日按周一至周五计算"))
    return items


def _reading_items() -> list[PanelItem]:
    current = RuleVersion.objects.active().filter(effective_from__lte=timezone.localdate()).only("pk").first()
    waiting = Reading.objects.count() - ReadingDecision.objects.filter(version=current).count()
    return [PanelItem("尚未确认的口径", waiting, reverse("regulation:readings"), "neutral")] if waiting else []


def _draft_items() -> list[PanelItem]:
    drafts = RuleVersion.objects.drafts().count()
    return [PanelItem("制度草稿", drafts, reverse("regulation:versions"), "progress")] if drafts else []
