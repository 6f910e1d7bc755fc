"""本学期清单 of a class, students to look after now, and the numbers to aim at."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.regulation.school_calendar import NoSchoolYearError, school_year_of
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.views import RolePage
from teachers.models import SchoolClass

from .. import terms
from ..attention import concerns, seen_by, without_buttons
from ..checklist import Row, State, checklist_of, declared
from ..forms.targets import TargetsForm
from ..models import Target
from ..models.records import led_class_ids
from ..policies import targets as policies
from ..services import targets as services

STAFF = (Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
READERS = (Role.CLASS_TEACHER, *STAFF)
Crumbs = list[tuple[str, str | None]]
ORDER = (State.OVERDUE, State.OPEN, State.DONE, State.NOT_YET, State.NONE)


class ClassPage(RolePage):
    """A page about one of the classes that the person may see; `?class=` chooses, one's own comes first."""

    roles = READERS

    @property
    def classes(self) -> list[SchoolClass]:
        """The own classes of a class teacher; whoever oversees chooses among all in scope that are open."""
        if not hasattr(self, "_classes"):
            today = timezone.localdate()
            rows = SchoolClass.objects.visible_to(self.user).select_related("college")
            led = led_class_ids(self.user) if self.user.access.has(Role.CLASS_TEACHER) else []
            if not self.user.access.has(*STAFF):
                rows = rows.filter(pk__in=led)
            found = list(rows.open_on_any(today, today).order_by("code"))
            self._classes = sorted(found, key=lambda one: one.pk not in led)
        return self._classes

    def chosen_class(self) -> SchoolClass | None:
        """The class of the address, else one's own or the only one. 404 for a class that is not in scope."""
        asked = self.request.GET.get("class", "")
        if asked:
            found = next((one for one in self.classes if str(one.pk) == asked), None)
            if found is None:
                raise Http404
            return found
        own = [one for one in self.classes if self.leads(one)]
        return (own or self.classes if len(self.classes) == 1 or own else [None])[0] if self.classes else None

    def leads(self, school_class: SchoolClass) -> bool:
        return self.user.access.has(Role.CLASS_TEACHER) and school_class.pk in led_class_ids(self.user)


class Checklist(ClassPage):
    title = "本学期清单"
    template_name = "duties/checklist.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        known = terms.begun(today)
        term = terms.chosen(request.GET.get("term", ""), known)
        if known and term is None:
            raise Http404
        school_class = self.chosen_class()
        rows = checklist_of([school_class.pk], term, today)[school_class.pk] if school_class and term else []
        return self.render(
            classes=self.classes, school_class=school_class, term=term, terms=known, today=today,
            groups=_grouped(rows), counts=_counts(rows), records=bool(school_class and self.leads(school_class)),
            oversees=self.user.access.has(*STAFF), year_is_over=bool(term and today > term.ends_on),
        )  # fmt: skip


def _grouped(rows: list[Row]) -> list[dict[str, Any]]:
    """Groups in the order of the year; inside, what presses first; what need not be done is folded away."""
    found = []
    for key, label in declared().groups:
        mine = sorted((row for row in rows if row.item.group == key), key=lambda row: ORDER.index(row.state))
        shown = [row for row in mine if row.state is not State.NONE]
        idle = [row for row in mine if row.state is State.NONE]
        if mine:
            done = sum(row.state is State.DONE for row in shown)
            found.append({"key": key, "label": label, "rows": shown, "idle": idle, "done": done, "all": len(shown)})
    return found


def _counts(rows: list[Row]) -> dict[str, int | str]:
    counts = Counter(row.state for row in rows)
    return {
        "done": counts[State.DONE],
        "all": sum(counts.values()) - counts[State.NONE],
        "overdue": counts[State.OVERDUE],
        "overdue_text": f"逾期 {counts[State.OVERDUE]}",
        "open": counts[State.OPEN],
    }


class Attention(ClassPage):
    title = "需要关注的学生"
    lead = "名单由记录自动生成；有了后来的记录，学生自动移出。"
    template_name = "duties/attention.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        asked = request.GET.get("class", "")
        school_class = self.chosen_class() if asked else None
        classes = [school_class] if school_class else self.classes
        found = seen_by(self.user, concerns([one.pk for one in classes], today))
        led = led_class_ids(self.user) if self.user.access.has(Role.CLASS_TEACHER) else []
        found = [one if one.class_id in led else without_buttons([one])[0] for one in found]
        waiting = [entry for entry in found if entry.handled_on is None]
        names = {one.pk: one.name for one in self.classes}
        per_class = Counter(entry.class_id for entry in waiting)
        groups = [
            {"reason": reason, "entries": [(entry, names[entry.class_id]) for entry in entries]}
            for reason, entries in groupby(waiting, key=lambda entry: entry.reason)
        ]
        return self.render(
            groups=groups, handled=[(entry, names[entry.class_id]) for entry in found if entry.handled_on and entry.class_id in led],
            school_class=school_class, several=len(classes) > 1, total=len(waiting),
            classes=[(one, per_class[one.pk]) for one in self.classes if per_class[one.pk] or one == school_class],
        )  # fmt: skip


class Targets(FormPage):
    """自定目标 of the present school year: the office for the whole school, a college for its own classes."""

    title = "自定目标"
    roles = STAFF
    form_class = TargetsForm
    template_name = "duties/targets.html"
    lead = (
        "制度只规定了班会次数，其余都是“经常”“定期”。这里的数字是学院或继续教育学院自己的期望，清单里标明“自定目标”。"
    )

    @property
    def year(self) -> SchoolYear | None:
        try:
            return school_year_of(timezone.localdate())
        except NoSchoolYearError:
            return None

    @property
    def colleges(self) -> list[College | None]:
        """For whom the person sets numbers; None is the whole school."""
        own: list[College | None] = list(
            College.objects.filter(pk__in=self.user.access.colleges(*policies.SETTERS)).order_by("code")
        )
        return ([None] if self.user.access.has(Role.OFFICE) else []) + own

    @property
    def college(self) -> College | None:
        asked = self.request.GET.get("college", "")
        offered = self.colleges
        if not asked:
            return offered[0]
        found = [one for one in offered if one is not None and str(one.pk) == asked]
        if not found:
            raise Http404
        return found[0]

    def get_initial(self) -> dict[str, Any]:
        rows = Target.objects.visible_to(self.user).filter(school_year=self.year, college=self.college)
        return dict(rows.values_list("item", "number"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        college = self.college
        school_wide = Target.objects.filter(school_year=self.year, college=None) if college else Target.objects.none()
        above = dict(school_wide.values_list("item", "number"))
        fields = [(field, above.get(field.name)) for field in context["form"]]
        return context | {
            "year": self.year, "college": college, "colleges": self.colleges, "fields": fields,
            "asked": self.request.GET.get("college", ""),
        }  # fmt: skip

    def perform(self, form: TargetsForm) -> str:
        year = self.year
        if year is None:
            raise Http404
        changed, removed = services.set_targets(self.user, year, self.college, form.cleaned_data)
        return f"已保存：设定 {changed} 项，取消 {removed} 项。"

    def get_success_url(self) -> str:
        college = self.request.GET.get("college", "")
        return reverse("duties:targets") + (f"?college={college}" if college else "")
