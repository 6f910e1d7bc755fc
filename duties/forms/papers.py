"""The forms of plans and summaries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.widgets import DayInput, LongText
from teachers.models import Appointment, SchoolClass

from ..models import TermPaper
from ..policies.papers import REVIEWERS
from ..services.papers import LONGEST_TEXT, MOST_FILES
from .records import FILE_TYPES, ManyFiles
from .whom import CHIPS

TERMS_OFFERED = 4
DRAFT, SUBMIT, COMPOSE = "draft", "submit", "compose"


class PaperTextForm(forms.Form):
    text = forms.CharField(
        label="正文", max_length=LONGEST_TEXT, required=False, strip=True,
        widget=LongText({"class": "paper-text"}, rows=18),
    )  # fmt: skip
    files = ManyFiles(label="附件", required=False, help_text=f"最多 {MOST_FILES} 个，已有的保留")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs |= {"multiple": True, "accept": FILE_TYPES}


class PaperEditForm(PaperTextForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class PaperNewForm(PaperTextForm):
    """Which paper: only classes and terms in which the person was in post are offered."""

    kind = forms.ChoiceField(label="写什么", choices=TermPaper.Kind.choices, widget=forms.RadioSelect)
    school_class = forms.ModelChoiceField(label="班级", queryset=SchoolClass.objects.none(), empty_label=None)
    term = forms.ModelChoiceField(label="学期", queryset=Term.objects.none(), empty_label=None)
    field_order = ("kind", "school_class", "term", "text", "files")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].look = CHIPS  # type: ignore[attr-defined]
        terms = Term.objects.select_related("school_year").filter(starts_on__lte=timezone.localdate())
        recent = list(terms.order_by("-starts_on")[:TERMS_OFFERED])
        posts = Appointment.objects.effective().filter(teacher__user=user)
        if recent:
            posts = posts.not_over(recent[-1].starts_on)
        self._choose("school_class", SchoolClass.objects.filter(pk__in=posts.values("school_class")).order_by("code"))
        self._choose("term", terms.filter(pk__in=[term.pk for term in recent]).order_by("-starts_on"))

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class PaperDueForm(forms.Form):
    """The day for one kind and term of the own college; empty takes the day away."""

    kind = forms.ChoiceField(label="哪一种", choices=TermPaper.Kind.choices, widget=forms.RadioSelect)
    term = forms.ModelChoiceField(label="学期", queryset=Term.objects.none(), empty_label=None)
    college = forms.ModelChoiceField(label="二级学院", queryset=College.objects.none(), empty_label=None)
    due_on = forms.DateField(
        label="期限", required=False, widget=DayInput, help_text="不填则取消期限；已提交的不受影响"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = College.objects.filter(pk__in=user.access.colleges(*REVIEWERS))
        terms = Term.objects.select_related("school_year").filter(starts_on__lte=timezone.localdate())
        recent = list(terms.order_by("-starts_on").values_list("pk", flat=True)[:TERMS_OFFERED])
        for name, rows in (("college", own), ("term", terms.filter(pk__in=recent).order_by("-starts_on"))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        if len(own) == 1:
            self.fields["college"].widget = forms.HiddenInput()
            self.fields["college"].initial = own[0].pk


class PaperReviewForm(forms.Form):
    text = forms.CharField(
        label="审阅意见", max_length=2000, required=False, strip=True, widget=LongText(rows=4),
        help_text="班主任会看到；可以不写",
    )  # fmt: skip
