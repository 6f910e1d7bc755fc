"""The form of a work record, made from its kind: who, what, then the rest behind 更多."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone

from gaobo_banzhuren.web.widgets import DayInput, LongText
from teachers.models import SchoolClass

from ..kinds import THEMES, THEMES_TWO, Input, Kind, Need
from ..models import ExamSession, Privacy, RecordStudent, WorkRecord
from ..naming import Matched, Named, match_names
from ..services.record_input import privacy_problems
from ..services.records import LONGEST_TAG, MOST_TAGS, RecordInput
from .declared import form_field, values_of

ARCHIVE, DRAFT = "archive", "draft"
TAGS = re.compile(r"[\s,，、;；#＃]+")
SHOWN_PRIVACY = [(each.value, each.label) for each in (Privacy.NORMAL, Privacy.SENSITIVE, Privacy.PRIVATE)]
FILES_AT_ONCE: int = settings.DATA_UPLOAD_MAX_NUMBER_FILES
FILE_TYPES = "image/jpeg,image/png,.pdf,.docx,.xlsx"


class StudentSelect(forms.SelectMultiple):
    """A list to choose from that works without scripts; with them it becomes names to tap."""

    def __init__(self) -> None:
        super().__init__({"size": 8, "data-pick": ""})
        self.people: dict[int, Named] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        one = self.people.get(int(value)) if str(value).isdigit() else None
        if one:
            option["attrs"] |= {
                "data-number": one.number, "data-name": one.name, "data-class": one.class_id,
                "data-pinyin": f"{one.pinyin} {one.initials}",
            }  # fmt: skip
        return option


class StudentsField(forms.TypedMultipleChoiceField):
    """Students of the offered classes; with several classes each under its own."""

    def __init__(self, label: str, people: Sequence[Named], classes: Sequence[SchoolClass]) -> None:
        widget = StudentSelect()
        widget.people = {one.pk: one for one in people}
        super().__init__(label=label, coerce=int, required=False, widget=widget)
        grouped = [(each.name, [(p.pk, p.name) for p in people if p.class_id == each.pk]) for each in classes]
        self.choices = grouped if len(grouped) > 1 else [pair for _, pairs in grouped for pair in pairs]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files of one field, as a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        given = data if isinstance(data, list | tuple) else [data]
        return [one(each, initial) for each in given if each]


class RecordForm(forms.Form):
    """One record of `kind`. `people` are the students of `classes` on the day of the record."""

    def __init__(
        self, *args: Any, kind: Kind, classes: Sequence[SchoolClass], people: Sequence[Named], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.offered, self.people = kind, list(classes), list(people)
        self.archiving = self.data.get("do", ARCHIVE) != DRAFT
        self._add_head()
        self._add_people()
        for each in kind.fields:
            self.fields[each.name] = made = form_field(each)
            if each.input is Input.EXAM_SESSION and isinstance(made, forms.ModelChoiceField):
                made.queryset = ExamSession.objects.held_for(one.college_id for one in self.offered)
        self._add_marks()

    def _add_head(self) -> None:
        names = [(each.pk, each.name) for each in self.offered]
        several = self.kind.several_classes
        made: forms.Field = (
            forms.TypedMultipleChoiceField(choices=names, coerce=int, widget=forms.CheckboxSelectMultiple)
            if several
            else forms.TypedChoiceField(choices=names, coerce=int, widget=forms.RadioSelect)
        )
        made.label, made.look = "班级", "chips"  # type: ignore[attr-defined]
        made.error_messages["required"] = "请选择班级。"
        if len(names) == 1:
            # Nothing to choose: the one class is not asked for.
            self.only_class = names[0][0]
            made.required = False
        self.fields["classes"] = made
        day = forms.DateField(label="日期", widget=DayInput({"max": timezone.localdate().isoformat()}))
        day.look = "line"  # type: ignore[attr-defined]
        self.fields["happened_on"] = day

    def _add_people(self) -> None:
        if self.kind.students.takes_students:
            self.fields["students"] = StudentsField("学生", self.people, self.offered)
        if self.kind.absent_list:
            self.fields["absent"] = StudentsField("缺席学生", self.people, self.offered)
        if self.kind.students is Need.MANY or self.kind.students is Need.OPTIONAL or self.kind.absent_list:
            paste = forms.CharField(
                label="粘贴名单", required=False, max_length=4000, strip=True,
                help_text="姓名或学号，用逗号、空格或换行隔开", widget=LongText(rows=3),
            )  # fmt: skip
            self.fields["names"] = paste

    def _add_marks(self) -> None:
        if self.kind.themes:
            themes = [(each, each) for each in THEMES]
            self.fields["themes"] = forms.MultipleChoiceField(
                label="教育主题", choices=themes, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.fields["themes"].look = "chips"  # type: ignore[attr-defined]
            self.fields["themes"].help_text = f"{'、'.join(THEMES_TWO)}单独统计"
        tags = forms.CharField(
            label="自定标签", required=False, max_length=MOST_TAGS * (LONGEST_TAG + 1), strip=True,
            help_text="用空格隔开", widget=forms.TextInput({"autocomplete": "off", "data-tags": ""}),
        )  # fmt: skip
        self.fields["tags"] = tags
        privacy = forms.ChoiceField(
            label="保密", choices=[each for each in SHOWN_PRIVACY if not privacy_problems(self.kind, each[0])], required=False, widget=forms.RadioSelect,
            help_text="敏感：本人和学院负责人可读；仅本人：不给任何人看。心理类自动保密。",
        )  # fmt: skip
        privacy.look = "chips"  # type: ignore[attr-defined]
        self.fields["privacy"] = privacy
        if self.kind.photos:
            files = ManyFiles(label="照片或附件", required=False)
            files.widget.attrs |= {"accept": FILE_TYPES, "data-shrink": "", "data-most": FILES_AT_ONCE}
            files.help_text = f"一次最多 {FILES_AT_ONCE} 个；照片在本机缩小后上传"
            self.fields["files"] = files
        for name in ("client_id", "follows", "version"):
            self.fields[name] = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    # what the template draws

    @property
    def main_fields(self) -> list[BoundField]:
        return [self[each.name] for each in self.kind.fields if each.main]

    @property
    def more_fields(self) -> list[BoundField]:
        return [self[each.name] for each in self.kind.fields if not each.main]

    @property
    def has_errors_in_more(self) -> bool:
        names = {each.name for each in self.kind.fields if not each.main} | {"tags", "privacy"}
        return bool(names & set(self.errors))

    @property
    def one_class(self) -> SchoolClass | None:
        return self.offered[0] if len(self.offered) == 1 else None

    # what was entered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["classes"] = self._chosen_classes(cleaned.get("classes"))
        self._match_pasted(cleaned)
        cleaned["tags"] = [tag for tag in TAGS.split(cleaned.get("tags", "")) if tag]
        if len(cleaned["tags"]) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in cleaned["tags"]):
            self.add_error("tags", f"最多 {MOST_TAGS} 个标签，每个不超过 {LONGEST_TAG} 个字。")
        if len(cleaned.get("files") or ()) > FILES_AT_ONCE:
            self.add_error("files", f"一次最多 {FILES_AT_ONCE} 个附件，其余请保存后再添加。")
        if self.archiving:
            self._ask_for_what_is_missing(cleaned)
        due, present = cleaned.get("due"), cleaned.get("present")
        if due is not None and present is not None and present > due:
            self.add_error("present", f"实到 {present} 人多于应到 {due} 人。")
        day = cleaned.get("happened_on")
        if day and day > timezone.localdate():
            self.add_error("happened_on", "日期不能晚于今天。")
        return cleaned

    def _chosen_classes(self, chosen: Any) -> list[SchoolClass]:
        if len(self.offered) == 1:
            return self.offered
        keys = set(chosen if isinstance(chosen, list) else [chosen])
        return [each for each in self.offered if each.pk in keys]

    def _match_pasted(self, cleaned: dict[str, Any]) -> None:
        pasted = cleaned.get("names")
        if not pasted:
            return
        keys = {each.pk for each in cleaned["classes"]}
        matched: Matched = match_names(pasted, [one for one in self.people if one.class_id in keys])
        into = "students" if "students" in self.fields else "absent"
        cleaned[into] = list(dict.fromkeys([*(cleaned.get(into) or []), *matched.found]))
        if matched.complaint:
            self.add_error("names", f"名单里{matched.complaint}。")

    def _ask_for_what_is_missing(self, cleaned: dict[str, Any]) -> None:
        for each in self.kind.fields:
            if each.required and cleaned.get(each.name) in (None, "") and each.name not in self.errors:
                self.add_error(each.name, "请选择。" if each.choices else "请填写。")
        if self.kind.students in (Need.ONE, Need.MANY) and not cleaned.get("students") and "names" not in self.errors:
            self.add_error("students", "请选择学生。")

    def to_input(self, follows: WorkRecord | None = None) -> RecordInput:
        """What the service takes. Only after `is_valid()`."""
        data = self.cleaned_data
        return RecordInput(
            kind=self.kind.key,
            happened_on=data["happened_on"],
            classes=data["classes"],
            students=data.get("students") or (),
            absent=data.get("absent") or (),
            themes=data.get("themes") or (),
            tags=data["tags"],
            values={each.name: data.get(each.name) for each in self.kind.fields},
            privacy=data.get("privacy", ""),
            follows=follows,
        )


def initial_of(record: WorkRecord, kind: Kind) -> dict[str, Any]:
    """A draft as its form shows it."""
    links = list(record.student_links.values_list("student_id", "part"))
    tags = list(record.tags.values_list("group", "value"))
    classes = list(record.class_links.values_list("school_class_id", flat=True))
    return values_of(record, kind) | {
        "happened_on": record.happened_on,
        "classes": classes if kind.several_classes else next(iter(classes), None),
        "students": [key for key, part in links if part == RecordStudent.Part.ABOUT],
        "absent": [key for key, part in links if part == RecordStudent.Part.ABSENT],
        "themes": [value for group, value in tags if group == "theme"],
        "tags": " ".join(value for group, value in tags if group == "own"),
        "privacy": record.privacy,
        "follows": record.follows.public_id if record.follows else "",
        "version": record.version,
    }


def initial_new(
    kind: Kind, asked: dict[str, Any], last: WorkRecord | None, classes: Sequence[SchoolClass], people: Iterable[Named]
) -> dict[str, Any]:
    """What an empty form offers: today, what the address asked for, what the person used last, how many are due."""
    initial: dict[str, Any] = {
        "happened_on": timezone.localdate(), "privacy": Privacy.NORMAL,
        **{each.name: each.default for each in kind.fields if each.default},
    }  # fmt: skip
    if last is not None:
        kept = {"way": last.way, "place": last.place, "period": last.details.get("period")}
        initial |= {name: value for name, value in kept.items() if value and kind.field(name)}
    chosen = asked.pop("classes", []) or [each.pk for each in classes[:1]]
    initial["classes"] = chosen if kind.several_classes else chosen[0] if chosen else None
    if kind.field("due"):
        initial["due"] = sum(one.class_id in chosen for one in people) or None
    return initial | asked


def on_day(text: str) -> dt.date | None:
    """A day from an address or a form, None when it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
