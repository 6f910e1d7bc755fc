"""Writing a record down: the large buttons, the form of a kind, a draft taken up again."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.errors import UserError
from gaobo_banzhuren.web.views import DetailPage, RolePage, find_or_404
from teachers.models import Appointment, RosterEntry, SchoolClass

from .. import kinds
from ..forms.records import DRAFT, RecordForm, initial_new, initial_of, on_day
from ..kinds import Kind
from ..models import RecordState, RecordTag, WorkRecord
from ..naming import Named
from ..rosters import MOST_OFFERED, classes_to_write_about, students_on
from ..services import records as services

WRITERS = (Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.COLLEGE_HEAD, Role.OFFICE)
Crumbs = list[tuple[str, str | None]]
JSON = "application/json"
TAGS_OFFERED = 12


class Quick(RolePage):
    """Large buttons by kind; what still waits on this device is shown above them by the script."""

    roles = WRITERS
    title = "记一笔"
    template_name = "duties/quick.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("工作记录", reverse("duties:records")), (self.title, None)]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mine = [kind for kind in kinds.KINDS if self.user.access.has(*kind.writers)]
        quick = [kind for kind in kinds.quick_kinds() if kind in mine]
        drafts = WorkRecord.objects.filter(author=self.user, state=RecordState.DRAFT).order_by("-updated_at")
        return context | {
            "quick": quick,
            "roll_call": self.user.access.has(Role.CLASS_TEACHER),
            "others": [kind for kind in mine if kind not in quick],
            "drafts": [(kinds.name_of(one.kind), one) for one in drafts[:5]],
        }


class RecordFormPage(FormPage):
    """The form of one kind. Sent by script it answers in JSON, so that what waited offline is sent without a page."""

    roles = WRITERS
    template_name = "duties/record_form.html"
    submit_label = "保存"
    autosave = False
    once = False  # the draft's own number makes a second sending the same record

    kind: Kind
    classes: list[SchoolClass]

    def people(self, day: dt.date) -> list[Named]:
        return students_on([each.pk for each in self.classes], day)

    def get_breadcrumbs(self) -> Crumbs:
        return [("工作记录", reverse("duties:records")), (self.get_title(), None)]

    def get_day(self) -> dt.date:
        asked = self.request.POST.get("happened_on") or self.request.GET.get("on", "")
        return on_day(asked) or timezone.localdate()

    def get_form_kwargs(self) -> dict[str, Any]:
        self.named = self.people(self.get_day())
        return super().get_form_kwargs() | {"kind": self.kind, "classes": self.classes, "people": self.named}

    def get_form(self) -> RecordForm:
        return RecordForm(**self.get_form_kwargs())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"kind": self.kind, "tags_used": tags_used_by(self.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if JSON not in request.headers.get("Accept", ""):
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        if form.is_valid():
            try:
                said = self.perform(form)
            except UserError as error:
                return JsonResponse(
                    {"errors": [{"field": "", "label": "", "text": error.message}]}, status=error.status
                )
            if request.headers.get("X-Requested-With") == "fetch":
                # The page goes on to the record; what waited on the device is told of where it is sent.
                messages.success(request, said)
            return JsonResponse({"url": self.get_success_url()}, status=201)
        return JsonResponse({"errors": errors_of(form)}, status=400)

    def perform(self, form: RecordForm) -> str:
        archive = form.data.get("do") != DRAFT
        self.saved = self.save(form, archive)
        if self.known:
            return "这条记录之前已经保存，没有重复登记；下面是当时保存的内容。"
        return f"「{self.kind.name}」已归档。" if archive else "草稿已保存，之后可以接着写。"

    def save(self, form: RecordForm, archive: bool) -> WorkRecord:
        raise NotImplementedError

    @property
    def known(self) -> bool:
        """Whether the same draft had been sent before."""
        return False

    def follows(self, form: RecordForm) -> WorkRecord | None:
        given = form.cleaned_data.get("follows")
        rows = WorkRecord.objects.visible_to(self.user)
        return rows.filter(public_id=given).first() if given and _is_uuid(given) else None

    def get_success_url(self) -> str:
        return self.saved.get_absolute_url()


class RecordNew(RecordFormPage):
    """A new record; the address may fill in class, students, category and what it follows."""

    _known = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = kinds.find(kwargs["kind_key"])
        user = request.user
        if found is None or not isinstance(user, User) or not user.access.has(*found.writers):
            raise Http404
        self.kind = found
        return super().dispatch(request, *args, **kwargs)

    @property
    def classes(self) -> list[SchoolClass]:  # type: ignore[override]
        if not hasattr(self, "_classes"):
            asked = {int(key) for key in self.request.GET.getlist("class") if key.isdecimal() and len(key) < 12}
            found = classes_to_write_about(self.user, self.kind, asked | self._classes_of_students())
            narrowed = [each for each in found if each.pk in asked]
            self._classes = narrowed or found
        return self._classes

    def _students_asked(self) -> list[int]:
        return [int(key) for key in self.request.GET.getlist("student") if key.isdecimal() and len(key) < 12]

    def _classes_of_students(self) -> set[int]:
        asked = self._students_asked()
        rows = RosterEntry.objects.on(timezone.localdate()).filter(student_id__in=asked) if asked else None
        return set(rows.values_list("school_class_id", flat=True)) if rows is not None else set()

    def get_title(self) -> str:
        return self.kind.name

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.classes or len(self.classes) > MOST_OFFERED:
            return self.choose_class()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, *args, **kwargs) if self.classes else self.choose_class()

    def choose_class(self) -> HttpResponse:
        """Whoever leads no class picks one of those in scope first."""
        staff = self.user.access.has(*(role for role in self.kind.writers if role is not Role.CLASS_TEACHER))
        rows = SchoolClass.objects.visible_to(self.user).order_by("code") if staff else SchoolClass.objects.none()
        context = RolePage.get_context_data(self, school_classes=rows.select_related("college"), kind=self.kind)
        return render(self.request, "duties/record_class.html", context)

    def get_initial(self) -> dict[str, Any]:
        get = self.request.GET
        asked: dict[str, Any] = {}
        if students := self._students_asked():
            asked["students"] = students
            asked["classes"] = [one.class_id for one in self.named if one.pk in students][:1]
        elif len(self.classes) == 1 or get.getlist("class"):
            asked["classes"] = [each.pk for each in self.classes]
        for name, field in {"category": "category", "title": "title", "session": "exam_session",
                            "period": "fee_period", "level": "level", "way": "way", "course": "course",
                            "courses": "courses"}.items():  # fmt: skip
            if get.get(name) and self.kind.field(field):
                asked[field] = get[name][:120]
        if day := on_day(get.get("on", "")):
            asked["happened_on"] = day
        if _is_uuid(get.get("follows", "")):
            asked["follows"] = get["follows"]
        asked["client_id"] = str(uuids.uuid4())
        last = WorkRecord.objects.filter(author=self.user, kind=self.kind.key).order_by("-pk").first()
        return initial_new(self.kind, asked, last, self.classes, self.named)

    def save(self, form: RecordForm, archive: bool) -> WorkRecord:
        client_id = form.cleaned_data.get("client_id") or ""
        sent = WorkRecord.objects.filter(author=self.user, client_id=client_id) if client_id else None
        self._known = bool(sent is not None and sent.exists())
        return services.save(
            self.user,
            form.to_input(self.follows(form)),
            archive=archive,
            client_id=client_id,
            files=form.cleaned_data.get("files") or (),
        )

    @property
    def known(self) -> bool:
        return self._known


class RecordEdit(RecordFormPage, DetailPage):
    """An own draft taken up again."""

    model = WorkRecord
    lookup = "public_id"
    template_name = "duties/record_form.html"

    @property
    def object(self) -> WorkRecord:
        if not hasattr(self, "_object"):
            rows = WorkRecord.objects.filter(author=self.user, state=RecordState.DRAFT)
            self._object = find_or_404(rows, public_id=self.kwargs["uuid"])
        return self._object

    @property
    def kind(self) -> Kind:  # type: ignore[override]
        return kinds.kind_of(self.object.kind)

    @property
    def classes(self) -> list[SchoolClass]:  # type: ignore[override]
        if not hasattr(self, "_classes"):
            # The class of the draft is offered first, also to who has handed it over since: it is the draft's own.
            linked = list(SchoolClass.objects.filter(pk__in=self.object.class_links.values("school_class")))
            known = {each.pk for each in linked}
            more = classes_to_write_about(self.user, self.kind, known)
            self._classes = [*linked, *(each for each in more if each.pk not in known)]
        return self._classes

    def people(self, day: dt.date) -> list[Named]:
        """Of a class that the person leads no more, only the roster of the days in post."""
        keys = [each.pk for each in self.classes]
        opened = SchoolClass.objects.with_students_for(self.user).filter(pk__in=keys).values_list("pk", flat=True)
        led = Appointment.objects.on(day).filter(teacher__user=self.user, school_class_id__in=keys)
        return students_on({*opened, *led.values_list("school_class_id", flat=True)}, day)

    def get_title(self) -> str:
        return f"接着写：{self.kind.name}"

    def get_day(self) -> dt.date:
        return on_day(self.request.POST.get("happened_on", "")) or self.object.happened_on

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.object, self.kind)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = self.object.files.select_related("file")
        return super().get_context_data(**kwargs) | {"record": self.object, "files": files}

    def save(self, form: RecordForm, archive: bool) -> WorkRecord:
        version = form.cleaned_data.get("version") or ""
        return services.save(
            self.user,
            form.to_input(self.object.follows),
            archive=archive,
            record=self.object,
            version=int(version) if version.isdecimal() else self.object.version,
            files=form.cleaned_data.get("files") or (),
        )


@require_safe
def students_json(request: HttpRequest, class_id: int) -> JsonResponse:
    """Names of a class on a day (`?on=`), for tapping and pasting."""
    user = request.user
    if not isinstance(user, User) or not user.access.has(*WRITERS):
        raise Http404
    school_class = find_or_404(SchoolClass.objects.with_students_for(user), pk=class_id)
    day = on_day(request.GET.get("on", "")) or timezone.localdate()
    rows = students_on([school_class.pk], day)
    students = [
        {"id": one.pk, "name": one.name, "number": one.number, "pinyin": f"{one.pinyin} {one.initials}"} for one in rows
    ]
    return JsonResponse({"class": school_class.name, "on": day.isoformat(), "students": students})


def tags_used_by(user: User) -> list[str]:
    """The person's own tags, the last used first."""
    rows = (
        RecordTag.objects.filter(record__author=user, group=RecordTag.Group.OWN).order_by("-record_id")
        .values_list("value", flat=True)[: TAGS_OFFERED * 6]
    )  # fmt: skip
    return list(dict.fromkeys(rows))[:TAGS_OFFERED]


def errors_of(form: RecordForm) -> list[dict[str, str]]:
    """What is wrong, by field, for the script."""
    return [
        {"field": name, "label": str(form.fields[name].label) if name in form.fields else "", "text": text}
        for name, texts in form.errors.items()
        for text in texts
    ]


def _is_uuid(text: str) -> bool:
    try:
        uuids.UUID(str(text))
    except ValueError:
        return False
    return True
