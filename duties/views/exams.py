"""Exam sessions and courses: the list, one session with its classes, and the forms of who keeps them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.workbooks_out import XLSX, attachment_response
from gaobo_banzhuren.web.actions import FormPage, ObjectFormPage
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.views import DetailPage
from teachers.models import SchoolClass

from .. import retakes
from ..exam_figures import pooled
from ..exam_numbers import RegistrationCount, educated, pass_counts, registration_counts, registrations_of
from ..exports import exams as exports
from ..forms.exams import CourseForm, SessionForm
from ..models import Course, ExamSession
from ..models.records import led_class_ids
from ..policies import exams as policies
from ..services import exam_sessions as services
from .exam_common import READERS, STAFF, Crumbs, classes_of, results_for

KEEPERS = (Role.COLLEGE_ADMIN, Role.OFFICE)


class Exams(ListPage):
    """All sessions in scope, the newest first, with registrations and pass rate of one's own classes."""

    roles = READERS
    title = "考试"
    template_name = "duties/exams.html"
    model = ExamSession
    noun = "考试场次"
    orderings = {
        "newest": ("考试日期（新的在前）", ("-starts_on",)),
        "oldest": ("考试日期（早的在前）", ("starts_on",)),
    }

    def get_queryset(self) -> QuerySet[ExamSession]:
        return ExamSession.objects.visible_to(self.user).select_related("college")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today, sessions = timezone.localdate(), list(context["object_list"])
        classes = classes_of(self.user)
        keys = [session.pk for session in sessions]
        entered = registrations_of(classes.values("pk")).filter(session_id__in=keys)
        results = results_for(self.user).filter(session_id__in=keys, school_class__in=classes.values("pk"))
        counts = pass_counts(results, entered, "session_id")
        registered = registration_counts(entered, "session_id")
        for session in sessions:
            session.window = session.window_on(today)
            session.counted = counts.get((session.pk,))
            session.registered = registered.get((session.pk,), RegistrationCount())
        context["object_list"] = sessions
        led = led_class_ids(self.user) if self.user.access.has(Role.CLASS_TEACHER) else []
        own = list(classes.filter(pk__in=led).order_by("code")) if led else []
        only = own[0] if len(own) == 1 and not self.user.access.has(*STAFF) else None
        context |= {"classes": own, "only_class": only}
        context["may_add"] = policies.can_add_session(self.user)
        return context


class SessionPage(DetailPage):
    """One session: its classes with 已报 ÷ 应报, pass figures and parents told; the statistics as a workbook."""

    roles = READERS
    template_name = "duties/exam_session.html"
    model = ExamSession
    object_name = "session"

    def get_queryset(self) -> QuerySet[ExamSession]:
        return super().get_queryset().select_related("college")

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (str(self.object), None)]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The class statistics; an export leaves a note in the log."""
        book = exports.session_workbook(self.user, self.object, self.classes(), results_for(self.user))
        return attachment_response(book, f"成绩统计 {self.object}.xlsx", XLSX)

    def classes(self) -> list[SchoolClass]:
        """Classes of the session: those open then, and any with registrations or results."""
        session = self.object
        own = Q(closes_on__isnull=True) | Q(closes_on__gte=session.starts_on)
        involved = registrations_of(classes_of(self.user).values("pk")).filter(session=session).values("school_class")
        sat = results_for(self.user).filter(session=session).values("school_class")
        rows = classes_of(self.user).filter(
            (own & Q(opens_on__lte=session.ends_on)) | Q(pk__in=involved) | Q(pk__in=sat)
        )
        if session.college_id:
            rows = rows.filter(college_id=session.college_id)
        return list(rows.select_related("college").order_by("college__code", "code"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        session, today, classes = self.object, timezone.localdate(), self.classes()
        keys = [one.pk for one in classes]
        entered = registrations_of(keys).filter(session=session)
        results = results_for(self.user).filter(session=session, school_class_id__in=keys)
        counts = pass_counts(results, entered, "school_class_id")
        registered = registration_counts(entered, "school_class_id")
        troubled: dict[int, list[retakes.Trouble]] = {key: [] for key in keys}
        for row in retakes.trouble_list(keys, sessions=[session.pk]):
            troubled[row.class_id].append(row)
        taught = educated(session, keys)
        rows = [
            {
                "school_class": one,
                "educated": one.pk in taught,
                "registered": registered.get((one.pk,), RegistrationCount()),
                "counted": counts.get((one.pk,)),
                "told": retakes.told(troubled[one.pk]),
            }
            for one in classes
        ]
        return context | {
            "rows": rows,
            "window": session.window_on(today),
            "released": session.is_released(today),
            "total": pooled(counts.values()),
            "all_registered": sum(registered.values(), RegistrationCount()),
            "educated": retakes.Share(len(taught), len(keys)),
            "told": retakes.told([row for found in troubled.values() for row in found]),
            "several_colleges": len({one.college_id for one in classes}) > 1,
            "keep": policies.can_keep_session(self.user, session.college_id, session.kind),
            "is_staff": self.user.access.has(*STAFF),
        }


class SessionForms(FormPage):
    """What making and changing a session share."""

    form_class = SessionForm
    roles = KEEPERS

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (self.title, None)]

    def get_success_url(self) -> str:
        return self.saved.get_absolute_url()

    saved: ExamSession


class SessionCreate(SessionForms):
    title = "新建考试场次"

    def perform(self, form: SessionForm) -> str:
        self.saved = services.save_session(self.user, form.cleaned_data)
        return f"已建立「{self.saved}」。班主任可以列出应报名单。"


class SessionEdit(SessionForms, ObjectFormPage):
    title = "修改考试场次"
    model = ExamSession

    def get_queryset(self) -> QuerySet[ExamSession]:
        rows = ExamSession.objects.visible_to(self.user)
        if self.user.access.has(Role.OFFICE):
            return rows
        return rows.filter(college_id__in=self.user.access.colleges(Role.COLLEGE_ADMIN))

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in (*services.SESSION_FIELDS, "version")}

    def perform(self, form: SessionForm) -> str:
        version = form.cleaned_data["version"] or 0
        self.saved = services.save_session(self.user, form.cleaned_data, session=self.object, version=version)
        return "已保存。"


class Courses(ListPage):
    roles = STAFF
    title = "课程"
    template_name = "duties/courses.html"
    model = Course
    noun = "课程"
    text_label = "课程代码或名称"
    orderings = {"code": ("课程代码", ("code",)), "name": ("课程名称", ("name",))}

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (self.title, None)]

    def search_text(self, rows: QuerySet[Course], text: str) -> QuerySet[Course]:
        return rows.filter(Q(code__istartswith=text) | Q(name__icontains=text))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"keep": policies.can_keep_courses(self.user)}


class CourseCreate(FormPage):
    roles = KEEPERS
    title = "新增课程"
    form_class = CourseForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), ("课程", reverse("duties:courses")), (self.title, None)]

    def perform(self, form: CourseForm) -> str:
        return f"已新增课程{services.save_course(self.user, form.cleaned_data)}。"

    def get_success_url(self) -> str:
        return reverse("duties:courses")


class CourseEdit(CourseCreate, ObjectFormPage):
    title = "修改课程"
    model = Course

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in (*services.COURSE_FIELDS, "version")}

    def perform(self, form: CourseForm) -> str:
        version = form.cleaned_data["version"] or 0
        services.save_course(self.user, form.cleaned_data, course=self.object, version=version)
        return "已保存。"
