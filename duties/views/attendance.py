"""Roll calls: today's classes, and one saved roll call with its corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gaobo_banzhuren.regulation.school_calendar import term_of
from gaobo_banzhuren.web.actions import ObjectActionPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass, Student
from teachers.roster_filters import by_name

from ..forms.attendance import ReasonAndVersionForm
from ..measures import attendance as measures
from ..models import AttendanceSession, StudentLeave
from ..models.records import led_class_ids
from ..policies import attendance as policies
from ..services import attendance as services
from .roll_call import CALLERS, READERS, Crumbs, called_text

LATEST = 12


def address_of(name: str, *args: object, query: str = "") -> str:
    """The address of a page of another room; empty while the room is not there."""
    try:
        return reverse(name, args=args) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""


class AttendanceHome(ListPage):
    """Classes with today's roll calls: a class teacher's own, else those of the college or the school."""

    title = "点名与请假"
    roles = READERS
    model = SchoolClass
    template_name = "duties/attendance.html"
    noun = "班级"
    text_label = "班级名称、拼音或代码"
    orderings = {"code": ("班级代码", ("code",)), "name": ("班级名称", ("name_pinyin",))}

    def get_queryset(self) -> QuerySet[SchoolClass]:
        today = timezone.localdate()
        return SchoolClass.objects.visible_to(self.user).open_on(today).select_related("college")

    def search_text(self, rows: QuerySet[SchoolClass], text: str) -> QuerySet[SchoolClass]:
        return rows.filter(by_name(text, "code"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rows = list(context.get("object_list", ()))
        keys = [row.pk for row in rows]
        term, rules = term_of(today), measures.rates_on(today)
        totals = measures.totals(keys, term.starts_on, min(term.ends_on, today)) if term else {}
        called: dict[int, list[AttendanceSession]] = defaultdict(list)
        for session in AttendanceSession.objects.standing().filter(school_class_id__in=keys, day=today):
            called[session.school_class_id].append(session)
        led = set(led_class_ids(self.user))
        for row in rows:
            total = totals.get(row.pk)
            row.called_today = sorted(called[row.pk], key=lambda one: one.period)
            row.total = total
            row.figure = measures.attendance_figure(total.counts, rules) if total else None
            row.may_call = row.pk in led or policies.keeps(self.user, row)
        latest = (
            AttendanceSession.objects.visible_to(self.user)
            .standing()
            .select_related("school_class")
            .order_by("-day", "-pk")
        )
        seen = StudentLeave.objects.visible_to(self.user)
        return context | {
            "rows": rows,
            "today": today,
            "weekday": "一二三四五六日"[today.weekday()],
            "term": term,
            "latest": list(latest[:LATEST]),
            "waiting": seen.filter(state="asked").count(),
            "overdue": seen.filter(state="approved", ends_on__lt=today).count(),
        }


class SessionPage(DetailPage):
    roles = READERS
    model = AttendanceSession
    object_name = "session"
    template_name = "duties/session.html"

    def get_queryset(self) -> QuerySet[AttendanceSession]:
        return AttendanceSession.objects.visible_to(self.user).select_related("school_class__college", "taken_by")

    def get_title(self) -> str:
        return f"{self.object.school_class.name} {self.object.day:%Y-%m-%d} {self.object.period}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("点名与请假", reverse("duties:attendance")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        session = self.object
        rules = measures.rates_on(session.day)
        counts = services.counts_of(session)
        marks = list(session.marks.select_related("student", "leave").order_by("student__student_no"))
        for mark in marks:
            mark.word = (
                "未准假" if mark.mark in ("leave", "official") and not mark.approved else mark.get_mark_display()
            )
            mark.tone = _tone(mark.mark, mark.approved)
            mark.slip_opens = mark.leave is not None and mark.leave.school_class_id == session.school_class_id
            mark.needs_slip = mark.leave_id is None and mark.mark in ("leave", "official", "absent")
        visible_class = SchoolClass.objects.visible_to(self.user).filter(pk=session.school_class_id).exists()
        leads = session.school_class_id in led_class_ids(self.user)
        may_call = leads or policies.keeps(self.user, session.school_class)
        return context | {
            "weekday": "一二三四五六日"[session.day.weekday()],
            "figure": measures.attendance_figure(counts, rules),
            "presence": measures.presence_figure(counts),
            "marks": marks,
            "missing": counts.missing,
            "changes": _changes(session),
            "decision": policies.can_correct(self.user, session) if self.user.access.has(*CALLERS) else None,
            "visible_class": visible_class,
            "may_call": may_call,
            "leave_new": address_of("duties:leave_new") if may_call else "",
            "talk": address_of("duties:record_new", "talk") if leads else "",
        }


def _tone(mark: str, approved: bool) -> str:
    if mark == "absent" or (mark in ("leave", "official") and not approved):
        return "danger"
    return "info" if approved else "warning"


def _changes(session: AttendanceSession) -> list[dict[str, Any]]:
    """Corrections in words: what differed before and after, newest first. Two queries."""
    rows = list(session.changes.select_related("by"))
    keys = {int(key) for row in rows for part in (row.before, row.after) for key in part.get("marks", {})}
    names = dict(Student.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [
        {"at": row.at, "by": row.by, "reason": row.reason, "lines": _differences(row.before, row.after, names)}
        for row in rows
    ]


def _differences(before: dict[str, Any], after: dict[str, Any], names: dict[int, str]) -> list[str]:
    if not after:
        return ["这次点名作废，不再计入任何统计。"]
    old, new = before.get("marks", {}), after.get("marks", {})
    found = [
        f"{names.get(int(key), '学生')}：{old.get(key, '出勤')} → {new.get(key, '出勤')}"
        for key in sorted({*old, *new}, key=int)
        if old.get(key) != new.get(key)
    ]
    slips = set(after.get("slips", {})) - set(before.get("slips", {}))
    found += [
        f"{names.get(int(key), '学生')}：补上请假单" for key in sorted(slips, key=int) if old.get(key) == new.get(key)
    ]
    found += [
        f"{label}：{before.get(name) or '（空）'} → {after.get(name) or '（空）'}"
        for name, label in services.LABELS.items()
        if before.get(name) != after.get(name)
    ]
    then, now = before.get("counts", {}), after.get("counts", {})
    if then.get("due") != now.get("due"):
        found.append(f"应到：{then.get('due')} → {now.get('due')}（名册当日人数已变）")
    counted = [("present", "实到"), ("excused", "准假"), ("absent", "缺勤")]
    moved = [
        f"{label} {then.get(name)} → {now.get(name)}" for name, label in counted if then.get(name) != now.get(name)
    ]
    return [*found, "，".join(moved)] if moved else found


class VoidSession(ObjectActionPage):
    roles = CALLERS
    model = AttendanceSession
    title = "作废点名"
    form_class = ReasonAndVersionForm
    submit_label = "作废"
    submit_tone = "danger"

    def get_queryset(self) -> QuerySet[AttendanceSession]:
        return AttendanceSession.objects.visible_to(self.user).select_related("school_class", "taken_by")

    def get_title(self) -> str:
        return f"作废点名：{self.object}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("点名与请假", reverse("duties:attendance")),
            (str(self.object), self.object.get_absolute_url()),
            (self.title, None),
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def get_decision(self) -> Decision:
        return policies.can_correct(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [
            f"这次点名（{called_text(self.object)}）不再计入到课率和缺旷统计，记录保留并注明理由。",
            "该节次可以重新点名。",
        ]

    def perform(self, form: ReasonAndVersionForm) -> str:
        data = form.cleaned_data
        services.void_session(self.user, self.object, reason=data["reason"], version=data["version"])
        return "点名已作废。"

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()
