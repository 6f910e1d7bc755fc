"""Weak courses of a class with the help asked for, and students who are behind with the checks (article 6 (1))."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import ActionPage, FormPage
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import find_or_404

from .. import retakes
from .. import weak as lists
from ..forms.weak import RemoveStudentForm, WeakCourseForm, WeakHelpForm, WeakStudentForm
from ..models import ExamSession, WeakCourse, WeakStudent
from ..policies.reading import told_to
from ..services import weak as services
from .exam_common import ClassPage, Crumbs, TermPage, students_of


class WeakBase(ClassPage, TermPage):
    title = "薄弱课程与后进学生"

    def get_breadcrumbs(self) -> Crumbs:
        here = reverse("duties:weak", args=[self.school_class.pk])
        return [("考试", reverse("duties:exams")), (self.school_class.name, here), (self.get_title(), None)]

    def get_success_url(self) -> str:
        address = reverse("duties:weak", args=[self.school_class.pk])
        return f"{address}?term={self.term.pk}" if self.term and self.request.GET.get("term") else address

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def need_term(self) -> Any:
        if self.term is None:
            raise UserError("校历里还没有学期，请继续教育学院先在「制度与校历」中建立。")
        return self.term


class WeakPage(WeakBase):
    template_name = "duties/weak.html"

    def get_title(self) -> str:
        return f"{self.school_class.name} {self.title}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        key, term = self.school_class.pk, self.term
        courses = lists.listed_courses([key], term) if term else []
        students = lists.listed_students([key], term) if term else []
        listed = {row.entry.course_id for row in courses}
        behind = {row.entry.student_id for row in students if row.entry.removed_on is None}
        troubled = retakes.trouble_list([key], since=term.starts_on if term else None)
        offered = [row for row in troubled if row.student.pk not in behind]
        current = bool(term and term.starts_on <= timezone.localdate() <= term.ends_on)
        return context | {
            "courses": courses,
            "students": [
                (row, self.record_url("weak_check", [row.entry.student_id], courses=row.entry.courses))
                for row in students
            ],
            "suggested": [row for row in lists.weak_courses_by_rule([key]) if row.course.pk not in listed],
            "suggestion_text": lists.SUGGESTION,
            "offered": offered if current else [],
            "current": current,
            "helped": retakes.Share(*lists.helped(courses)),
            "checked": retakes.Share(*lists.checked(students)),
            "contact_url": self.record_url("teacher_contact"),
            "known": told_to(self.user, (one["record__public_id"] for row in students for one in row.checks)),
        }


class WeakCourseCreate(WeakBase, FormPage):
    title = "列入薄弱课程"
    form_class = WeakCourseForm
    submit_label = "列入"

    def sessions(self) -> QuerySet[ExamSession]:
        return ExamSession.objects.visible_to(self.user).filter(starts_on__lte=timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"sessions": self.sessions()}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("course", "")
        found = [one for one in lists.weak_courses_by_rule([self.school_class.pk]) if str(one.course.pk) == asked]
        if not found:
            return {}
        return {"course": found[0].course.pk, "basis": found[0].basis, "session": found[0].before.session.pk}

    def perform(self, form: WeakCourseForm) -> str:
        data = form.cleaned_data
        services.list_course(
            self.user, self.school_class, data["course"], self.need_term(), basis=data["basis"],
            session_before=data["session"], teacher_name=data["teacher_name"],
        )  # fmt: skip
        return f"「{data['course'].name}」已列入。下一步：请任课教师帮助并登记措施。"


class OneWeakCourse(WeakBase):
    @property
    def entry(self) -> WeakCourse:
        if not hasattr(self, "_entry"):
            rows = WeakCourse.objects.filter(school_class=self.school_class)
            rows = rows.select_related("course", "term__school_year", "school_class", "session_before")
            self._entry: WeakCourse = find_or_404(rows, pk=self.kwargs["pk"])
        return self._entry

    def get_title(self) -> str:
        return f"{self.title}：{self.entry.course.name}"


class WeakCourseHelp(OneWeakCourse, FormPage):
    title = "薄弱课程帮助"
    template_name = "duties/weak_course.html"
    form_class = WeakHelpForm

    def get_initial(self) -> dict[str, Any]:
        names = ("teacher_name", "helped_on", "help_given", "result", "version")
        found = {name: getattr(self.entry, name) for name in names}
        return found | {"helped_on": self.entry.helped_on or timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = lists.listed_courses([self.school_class.pk], self.entry.term)
        row = next(one for one in rows if one.entry.pk == self.entry.pk)
        return super().get_context_data(**kwargs) | {"row": row}

    def perform(self, form: WeakHelpForm) -> str:
        rows = lists.listed_courses([self.school_class.pk], self.entry.term)
        after = next((one.after for one in rows if one.entry.pk == self.entry.pk), None)
        services.record_help(
            self.user, self.entry, **form.cleaned_data, session_after=after.session if after else None
        )  # fmt: skip
        return "已保存。"


class WeakCourseRemove(OneWeakCourse, ActionPage):
    title = "移除薄弱课程"
    submit_label = "移除"
    submit_tone = "danger"

    def get_decision(self) -> Decision:
        return self.may_work

    def get_consequences(self) -> list[str]:
        return ["这门课不再列为薄弱课程，审计记录里保留。已登记帮助措施的不能移除。"]

    def perform(self, form: Any) -> str:
        services.unlist_course(self.user, self.entry, version=self.entry.version)
        return "已移除。"


class WeakStudentCreate(WeakBase, FormPage):
    title = "列入后进学生"
    form_class = WeakStudentForm
    template_name = "duties/pick_students.html"
    submit_label = "列入"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"students": students_of(self.school_class)}

    def get_initial(self) -> dict[str, Any]:
        """`?trouble=1`: the students who failed several papers in one session of the term and are not listed."""
        if not self.request.GET.get("trouble") or self.term is None:
            return {}
        rows = retakes.trouble_list([self.school_class.pk], since=self.term.starts_on)
        names = "、".join(dict.fromkeys(str(row.session) for row in rows))
        return {
            "students": {row.student.pk for row in rows},
            "basis": f"{names}不及格 {rows[0].needed} 科及以上" if rows else "",
        }

    def perform(self, form: WeakStudentForm) -> str:
        data = form.cleaned_data
        added = services.list_students(
            self.user, self.school_class, [student.pk for student in data["students"]], self.need_term(),
            basis=data["basis"], courses=data["courses"], on=data["on"],
        )  # fmt: skip
        return f"已列入 {added} 人。" if added else "都已在名单上。"


class WeakStudentRemove(WeakBase, ActionPage):
    title = "移出后进学生"
    form_class = RemoveStudentForm
    submit_label = "移出"

    @property
    def entry(self) -> WeakStudent:
        if not hasattr(self, "_entry"):
            rows = WeakStudent.objects.filter(school_class=self.school_class).select_related("student", "school_class")
            self._entry: WeakStudent = find_or_404(rows, pk=self.kwargs["pk"])
        return self._entry

    def get_title(self) -> str:
        return f"{self.title}：{self.entry.student.name}"

    def get_decision(self) -> Decision:
        return self.may_work

    def get_consequences(self) -> list[str]:
        return ["从移出之日起不再需要检查；本学期的检查率仍计入这名学生。"]

    def perform(self, form: RemoveStudentForm) -> str:
        services.remove_student(self.user, self.entry, reason=form.cleaned_data["reason"])
        return "已移出。"
