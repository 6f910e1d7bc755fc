"""Plans and summaries: the own ones to write, those of a college to read, what is missing."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, ReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage, RolePage, opens_to
from teachers.models import Appointment, SchoolClass
from teachers.views.common import Crumbs, Step, WithHistory

from ..filters.papers import PaperFilter, present_term, started_terms
from ..forms.papers import COMPOSE, SUBMIT, PaperDueForm, PaperEditForm, PaperNewForm, PaperReviewForm
from ..models import TermPaper
from ..policies import papers as policies
from ..services import papers as services
from .tasks import GIVEN, MINE, STAFF, hats_links

LIST = "duties:papers"
KINDS = tuple(TermPaper.Kind)


@opens_to(*policies.READERS)
def papers(request: HttpRequest) -> HttpResponseBase:
    """One address: the own papers for a class teacher, the classes' papers for college and office."""
    user = request.user
    assert isinstance(user, User)
    own = user.access.has(Role.CLASS_TEACHER) and (not user.access.has(*STAFF) or request.GET.get("as") == MINE)
    return (MyPapers if own else ClassPapers).as_view()(request)


class ClassPapers(ListPage):
    """A line a class: its plan and its summary of the term, or that they are missing."""

    title = "计划与总结"
    lead = "按班级和学期列出；缺交如实显示，不自动扣分（口径 A-74）。"
    noun = "班级"
    roles = policies.READERS
    model = SchoolClass
    template_name = "duties/paper_list.html"
    filterset_class = PaperFilter
    text_label = "班级"
    orderings = {"code": ("班级代码", ("code",))}

    def get_queryset(self) -> QuerySet[SchoolClass]:
        rows: QuerySet[SchoolClass] = super().get_queryset().select_related("college")
        return rows

    def get_filterset(self, rows: QuerySet[Any]) -> PaperFilter:
        # Bound even without a choice: the term of today is one.
        return PaperFilter(self.request.GET, queryset=rows, request=self.request)

    def search_text(self, rows: QuerySet[SchoolClass], text: str) -> QuerySet[SchoolClass]:
        joined = "".join(text.split())
        return rows.filter(
            Q(name__icontains=joined) | Q(code__istartswith=joined) | Q(name_initials__startswith=joined.lower())
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        term = context["filter"].chosen_term
        rows = context["object_list"] = list(context["object_list"])
        if term:
            add_papers(self.user, rows, term)
        return context | {
            "term": term,
            "can_set_due": self.user.access.has(*policies.REVIEWERS),
            "over": bool(term and term.ends_on < timezone.localdate()),
            "hat_links": hats_links(self.user),
            "as_hat": GIVEN,
        }


def add_papers(user: User, classes: list[SchoolClass], term: Term) -> None:
    """Give each class its `teachers`, `plans` and `summaries` of the term. Two queries."""
    keys = [one.pk for one in classes]
    names: dict[int, list[str]] = defaultdict(list)
    posts = Appointment.objects.touching(term.starts_on, term.ends_on).filter(school_class__in=keys)
    for class_id, name in posts.order_by("starts_on").values_list("school_class_id", "teacher__user__name"):
        if name not in names[class_id]:
            names[class_id].append(name)
    found: dict[tuple[int, str], list[TermPaper]] = defaultdict(list)
    rows = TermPaper.objects.visible_to(user).filter(school_class__in=keys, term=term)
    for paper in rows.select_related("teacher__user").defer("text"):
        found[paper.school_class_id, paper.kind].append(paper)
    for one in classes:
        one.teacher_names = names[one.pk]  # type: ignore[attr-defined]
        one.plans = found[one.pk, TermPaper.Kind.PLAN.value]  # type: ignore[attr-defined]
        one.summaries = found[one.pk, TermPaper.Kind.SUMMARY.value]  # type: ignore[attr-defined]


class MyPapers(RolePage):
    """The own classes of the last terms, each with plan and summary: to begin, to go on with, to read again."""

    title = "我的计划与总结"
    lead = "每个学期、每个班各一份工作计划和工作总结。"
    roles = (Role.CLASS_TEACHER,)
    template_name = "duties/paper_mine.html"
    terms_shown = 3

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "groups": self.groups(),
            "hat_links": hats_links(self.user),
            "as_hat": MINE,
        }

    def groups(self) -> list[tuple[Term, list[dict[str, Any]]]]:
        """By term, newest first. Three queries."""
        terms = list(started_terms()[: self.terms_shown])
        if not terms:
            return []
        posts = list(
            Appointment.objects.touching(terms[-1].starts_on, terms[0].ends_on)
            .filter(teacher__user=self.user)
            .select_related("school_class")
            .order_by("school_class__code")
        )
        mine = TermPaper.objects.filter(teacher__user=self.user, term__in=terms).defer("text")
        papers = {(one.school_class_id, one.term_id, one.kind): one for one in mine}
        today = timezone.localdate()
        for one in papers.values():
            one.late = one.late_on(today)  # type: ignore[attr-defined]
        groups = []
        for term in terms:
            led = {
                post.school_class_id: post.school_class
                for post in posts
                if post.starts_on <= term.ends_on and (post.last_day is None or post.last_day >= term.starts_on)
            }
            slots = [
                {"school_class": one, "kind": kind, "paper": papers.get((one.pk, term.pk, kind.value))}
                for one in led.values()
                for kind in KINDS
            ]
            if slots:
                groups.append((term, slots))
        return groups


class SetDue(FormPage):
    """One day for all classes of the college; who has not begun gets a draft with the day on it."""

    title = "设定期限"
    lead = "本学院带班的班主任会在自己的页面看到期限；没有开始写的会自动建好草稿。"
    roles = policies.REVIEWERS
    form_class = PaperDueForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("计划与总结", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        term = present_term()
        return {"kind": TermPaper.Kind.SUMMARY.value, "term": term.pk if term else None}

    def perform(self, form: PaperDueForm) -> str:
        data = form.cleaned_data
        done = services.set_due(self.user, data["college"], data["kind"], data["term"], data["due_on"])
        return f"{done} 份未提交的已设定期限。" if data["due_on"] else f"{done} 份未提交的已取消期限。"

    def get_success_url(self) -> str:
        return reverse(LIST)


class PaperPage(DetailPage):
    roles = policies.READERS
    model = TermPaper
    object_name = "paper"

    def get_queryset(self) -> QuerySet[TermPaper]:
        rows: QuerySet[TermPaper] = super().get_queryset()
        return rows.select_related("teacher__user", "school_class__college", "term__school_year", "reviewed_by")

    @property
    def is_own(self) -> bool:
        return bool(self.object.teacher.user_id == self.user.pk)

    def get_breadcrumbs(self) -> Crumbs:
        return [("计划与总结", reverse(LIST)), (str(self.object), self.object.get_absolute_url()), (self.title, None)]

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class PaperDetail(WithHistory, PaperPage):
    template_name = "duties/paper_detail.html"

    def get_title(self) -> str:
        return f"{self.object.get_kind_display()}：{self.object.school_class.name}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("计划与总结", reverse(LIST)), (str(self.object), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user, here = self.object, self.user, [self.object.pk]
        if self.is_own:
            steps = [
                Step(
                    "继续写",
                    reverse("duties:paper_edit", args=here),
                    policies.can_write(user, one),
                    "pencil",
                    "primary",
                ),
                Step(
                    "撤回",
                    reverse("duties:paper_withdraw", args=here),
                    policies.can_withdraw(user, one),
                    "arrow-counterclockwise",
                ),
            ]
        else:
            steps = [
                Step(
                    "审阅",
                    reverse("duties:paper_review", args=here),
                    policies.can_review(user, one),
                    "check2-square",
                    "primary",
                ),
                Step(
                    "退回",
                    reverse("duties:paper_return", args=here),
                    policies.can_return(user, one),
                    "arrow-counterclockwise",
                ),
            ]
        return super().get_context_data(**kwargs) | {
            "is_own": self.is_own,
            "steps": steps,
            "files": one.files.all(),
            "versions": one.versions.order_by("-number"),
            "entries": self.entries_of(user, one),
        }


class PaperForm(FormPage):
    """Writing: save, hand in, or let the records make a first text."""

    roles = (Role.CLASS_TEACHER,)
    template_name = "duties/paper_form.html"
    paper: TermPaper

    def finish(self, form: Any) -> str:
        """What the chosen button asks for after the text was saved."""
        files = form.cleaned_data.get("files") or []
        if files:
            services.attach(self.user, self.paper, files)
        asked = self.request.POST.get("do", "")
        if asked == COMPOSE:
            services.compose(self.user, self.paper)
            return "已把本学期的记录汇总在正文下面，请核对、补充。"
        if asked == SUBMIT:
            services.submit(self.user, self.paper)
            return "已提交，学院审阅前可以撤回。"
        return "已保存。"

    def get_success_url(self) -> str:
        if self.request.POST.get("do") == COMPOSE:
            return reverse("duties:paper_edit", args=[self.paper.pk])
        return str(self.paper.get_absolute_url())


class PaperNew(PaperForm):
    title = "写计划或总结"
    form_class = PaperNewForm

    def get_breadcrumbs(self) -> Crumbs:
        return [("计划与总结", reverse(LIST)), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        term = asked.get("term", "")
        found: dict[str, Any] = {"kind": asked.get("kind") or TermPaper.Kind.PLAN.value}
        if asked.get("class", "").isdecimal():
            found["school_class"] = asked["class"]
        present = present_term()
        found["term"] = term if term.isdecimal() else present.pk if present else None
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"may_compose": True}

    def perform(self, form: PaperNewForm) -> str:
        data = form.cleaned_data
        self.paper = services.begin(self.user, data["kind"], data["school_class"], data["term"])
        text = data["text"]
        if self.paper.text and text and text != self.paper.text:
            # Begun elsewhere already: neither text is lost.
            text = f"{self.paper.text}\n\n{text}"
        services.write(self.user, self.paper, text or self.paper.text)
        return self.finish(form)


class PaperEdit(PaperPage, ObjectFormPage, PaperForm):
    title = "继续写"
    roles = (Role.CLASS_TEACHER,)
    template_name = "duties/paper_form.html"
    form_class = PaperEditForm

    def get_title(self) -> str:
        return f"{self.object.get_kind_display()}：{self.object.school_class.name}"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.object.text, "version": self.object.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        returned = self.object.versions.filter(outcome="returned").order_by("number").last()
        return super().get_context_data(**kwargs) | {
            "decision": policies.can_write(self.user, self.object),
            "may_compose": self.object.kind == TermPaper.Kind.SUMMARY,
            "returned": returned if self.object.state == "returned" else None,
            "files": self.object.files.all(),
        }

    def perform(self, form: PaperEditForm) -> str:
        self.paper = self.object
        services.write(self.user, self.paper, form.cleaned_data["text"], version=form.cleaned_data["version"])
        return self.finish(form)

    def get_success_url(self) -> str:
        return PaperForm.get_success_url(self)


class PaperAction(PaperPage, ObjectActionPage):
    """A step on one paper."""


class Withdraw(PaperAction):
    title = "撤回"
    roles = (Role.CLASS_TEACHER,)
    submit_label = "撤回"

    def get_decision(self) -> Decision:
        return policies.can_withdraw(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["恢复为草稿，可以继续写；重新提交前按未交计。", "提交过的这一稿保留。"]

    def perform(self, form: Any) -> str:
        services.withdraw(self.user, self.object)
        return "已撤回，可以继续写。"


class SendBack(PaperAction):
    title = "退回"
    roles = policies.REVIEWERS
    form_class = ReasonForm
    submit_label = "退回"

    def get_decision(self) -> Decision:
        return policies.can_return(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["这一稿和原因都会保留，班主任修改后再次提交。"]

    def perform(self, form: ReasonForm) -> str:
        services.send_back(self.user, self.object, form.cleaned_data["reason"])
        return "已退回。"


class Review(PaperAction):
    title = "审阅"
    roles = policies.REVIEWERS
    form_class = PaperReviewForm
    submit_label = "审阅完成"

    def get_decision(self) -> Decision:
        return policies.can_review(self.user, self.object)

    def get_consequences(self) -> list[str]:
        return ["审阅后班主任不能再修改或撤回。"]

    def perform(self, form: PaperReviewForm) -> str:
        services.review(self.user, self.object, form.cleaned_data["text"])
        return "已审阅。"
