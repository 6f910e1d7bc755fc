"""Calling the roll on the phone: everybody is present, the exceptions are tapped; and correcting a saved roll call."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.error_views import user_error
from gaobo_banzhuren.web.errors import StaleError, UserError
from gaobo_banzhuren.web.views import DetailPage, find_or_404
from teachers.models import SchoolClass

from ..models import AttendanceSession
from ..models.records import led_class_ids
from ..policies import attendance as policies
from ..services import attendance as services
from ..services.roll import Ground
from . import rolls

CALLERS = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD)
READERS = (*CALLERS, Role.OFFICE)
Crumbs = list[tuple[str, str | None]]


def called_text(session: AttendanceSession) -> str:
    """应到 60，实到 57，缺 3."""
    return f"应到 {session.due}，实到 {session.present}，缺 {session.excused + session.absent}"


class RollCall(DetailPage):
    """POST answers a script with JSON and a plain form with a page or the way to the saved roll call."""

    roles = CALLERS
    model = SchoolClass
    lookup = "class_id"
    object_name = "school_class"
    template_name = "duties/roll_call.html"

    @property
    def object(self) -> SchoolClass:
        if not hasattr(self, "_object"):
            colleges = self.user.access.colleges(*policies.KEEPERS)
            found = find_or_404(
                SchoolClass.objects.visible_to(self.user).select_related("college"), pk=self.kwargs["class_id"]
            )
            if found.college_id not in colleges and found.pk not in led_class_ids(self.user):
                raise Http404
            self._object = found
        return self._object

    def get_title(self) -> str:
        return f"点名：{self.object.name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("点名与请假", reverse("duties:attendance")), (self.get_title(), None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object  # noqa: B018  a foreign class is missing before anything else is said
        day, bad = self.asked_day()
        return self.show(day, problem="日期写得不对，已换成今天。" if bad else "")

    def asked_day(self) -> tuple[dt.date, bool]:
        asked = (self.request.POST if self.request.method == "POST" else self.request.GET).get("day", "")[:10]
        if not asked:
            return timezone.localdate(), False
        try:
            found = parse_date(asked)
        except ValueError:
            found = None
        return (found, False) if found else (timezone.localdate(), True)

    def show(
        self,
        day: dt.date,
        *,
        problem: str = "",
        first: AttendanceSession | None = None,
        chosen: dict[int, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        school_class = self.object
        today, last_week = (rolls.sessions_on(school_class, each) for each in (day, day - rolls.WEEK))
        given = self.request.POST or self.request.GET
        like = rolls.proposed(today, last_week, rolls.likely_period(timezone.localtime().hour))
        called = {row.period: row for row in today}
        period = (given.get("period_other") or given.get("period") or "")[:20]
        if not period:
            usual = rolls.likely_period(timezone.localtime().hour)
            free = [each for each in (usual, *rolls.period_choices()) if each not in called]
            period = like.period if like else free[0] if free else ""
        elif like is None or like.period != period:
            like = next((row for row in last_week if row.period == period), None)
        ground = Ground.of(school_class, {day})
        periods = rolls.period_choices(*(row.period for row in last_week), period)
        people = rolls.lines(ground, day, period, periods, chosen)
        return self.render(
            status=status,
            day=day,
            today=timezone.localdate(),
            weekday="一二三四五六日"[day.weekday()],
            period=period,
            periods=[(each, called.get(each)) for each in periods],
            course_name=given.get("course_name", like.course_name if like else ""),
            course_teacher=given.get("course_teacher", like.course_teacher if like else ""),
            remark=given.get("remark", ""),
            client_id=self.request.POST.get("client_id", "")[:64] or str(uuid.uuid4()),
            called=today,
            last_week=[(row, called.get(row.period)) for row in last_week],
            people=people,
            shown_slips=",".join(str(line.pk) for line in people if line.slip_applies),
            problem=problem,
            first=first,
            decision=policies.can_call(self.user, school_class, [day]),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        school_class = self.object
        day, bad = self.asked_day()
        client_id = request.POST.get("client_id", "").replace("\x00", "")[:64]
        chosen: dict[int, str] = {}
        try:
            if bad:
                raise UserError("日期写得不对。")
            marks, slips, chosen = rolls.tapped(request.POST)
            before = self._sent_before(client_id)
            session = before or services.call_roll(
                self.user, school_class, day, request.POST.get("period_other") or request.POST.get("period", ""), marks,
                course_name=request.POST.get("course_name", ""), course_teacher=request.POST.get("course_teacher", ""),
                remark=request.POST.get("remark", ""), client_id=client_id, slips=slips,
            )  # fmt: skip
        except UserError as error:
            first = getattr(error, "session", None)
            if self.wants_json():
                url = first.get_absolute_url() if first else ""
                told = {"field": "", "label": "", "text": error.message, "url": url}
                return JsonResponse({"errors": [told]}, status=error.status)
            return self.show(day, problem=error.message, first=first, chosen=chosen or None, status=error.status)
        text = f"{session.day:%m-%d} {session.period} 已保存：{called_text(session)}。"
        if before:
            text = f"{session.day:%m-%d} {session.period} 已经保存过（{called_text(session)}），没有重复登记。"
        url = session.get_absolute_url()
        # A draft sent later tells the person where it is sent from; one sent by hand leads to the page with the message.
        if not self.wants_json() or request.headers.get("X-Requested-With") == "fetch":
            messages.success(request, text)
        if self.wants_json():
            return JsonResponse({"url": url, "again": before is not None}, status=201)
        return HttpResponseRedirect(url)

    def _sent_before(self, client_id: str) -> AttendanceSession | None:
        if not client_id:
            return None
        return AttendanceSession.objects.filter(taken_by=self.user, client_id=client_id).first()

    def wants_json(self) -> bool:
        """A script that sends what waited on the device, or what was just tapped (static/js/outbox.js)."""
        return self.request.accepts("application/json") and not self.request.accepts("text/html")


class CorrectSession(DetailPage):
    """The same page with what was saved, a reason, and the version that the person saw."""

    roles = CALLERS
    model = AttendanceSession
    object_name = "session"
    template_name = "duties/roll_call.html"

    def get_queryset(self) -> QuerySet[AttendanceSession]:
        return AttendanceSession.objects.visible_to(self.user).select_related("school_class__college", "taken_by")

    def get_title(self) -> str:
        return f"更正点名：{self.object.day:%m-%d} {self.object.period}"

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("点名与请假", reverse("duties:attendance")),
            (str(self.object), self.object.get_absolute_url()),
            (self.get_title(), None),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(rolls.chosen_of(services.marks_of(self.object).values()))

    def show(
        self, chosen: dict[int, str], *, problem: str = "", first: AttendanceSession | None = None, status: int = 200
    ) -> HttpResponse:
        session, post = self.object, self.request.POST
        ground = Ground.of(session.school_class, {session.day})
        period = (post.get("period_other") or post.get("period") or session.period)[:20]
        periods = rolls.period_choices(session.period, period)
        people = rolls.lines(ground, session.day, session.period, periods, chosen)
        return self.render(
            status=status,
            correcting=True,
            school_class=session.school_class,
            day=session.day,
            weekday="一二三四五六日"[session.day.weekday()],
            period=period,
            periods=[(each, None) for each in periods],
            course_name=post.get("course_name", session.course_name),
            course_teacher=post.get("course_teacher", session.course_teacher),
            remark=post.get("remark", session.remark),
            reason=post.get("reason", ""),
            version=post.get("version", session.version),
            people=people,
            problem=problem,
            first=first,
            decision=policies.can_correct(self.user, session),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session, post = self.object, request.POST
        chosen: dict[int, str] = {}
        try:
            marks, slips, chosen = rolls.tapped(post)
            ground = Ground.of(session.school_class, {session.day})
            covering = ground.slips_on(session.day, session.period)
            marks |= {key: rolls.as_input(covering[key]) for key in slips if key in covering}
            version = post.get("version", "")
            services.correct_session(
                self.user, session, marks, reason=post.get("reason", ""),
                version=int(version) if version.isdecimal() else 0,
                period=post.get("period_other") or post.get("period") or session.period,
                course_name=post.get("course_name"), course_teacher=post.get("course_teacher"),
                remark=post.get("remark"),
            )  # fmt: skip
        except StaleError as error:
            return user_error(request, error)
        except UserError as error:
            first = getattr(error, "session", None)
            return self.show(chosen, problem=error.message, first=first, status=error.status)
        messages.success(request, f"已更正：{called_text(session)}。")
        return HttpResponseRedirect(session.get_absolute_url())
