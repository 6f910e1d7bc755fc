"""The people in the manager's scope: list, detail, new, edit, roles, switching off and on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.actions import FormPage, ObjectActionPage, ObjectFormPage, OptionalReasonForm, ReasonForm
from gaobo_banzhuren.web.listing import ListPage
from gaobo_banzhuren.web.policy import Decision
from gaobo_banzhuren.web.views import DetailPage

from .. import policies, throttle
from ..filters import PeopleFilter
from ..forms import EndGrantForm, GrantForm, NewPersonForm, PersonForm
from ..models import RoleGrant, User
from ..policies import MANAGERS
from ..roles import Role
from ..services import activate, create_person, deactivate, end_grant, grant_role, issue_code, unlock, update_person
from .attempts import ATTEMPT_READERS
from .codes import show_codes

Crumbs = list[tuple[str, str | None]]
READERS = (*MANAGERS, Role.AUDITOR)


class People(ListPage):
    title = "账号"
    lead = "谁能登录、以什么身份、管到哪里。"
    roles = READERS
    model = User
    template_name = "accounts/people.html"
    filterset_class = PeopleFilter
    orderings = {
        "staff_no": ("工号", ("staff_no",)),
        "name": ("姓名", ("name_pinyin",)),
        "seen": ("最近登录", ("-last_login",)),
    }

    def get_queryset(self) -> QuerySet[User]:
        current = RoleGrant.objects.on(timezone.localdate()).select_related("college")
        rows: QuerySet[User] = super().get_queryset()
        return rows.select_related("home_college").prefetch_related(Prefetch("role_grants", current, "grants_now"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "may_create": policies.can_open_people(self.user),
            "sees_attempts": self.user.access.has(*ATTEMPT_READERS),
        }


class PersonPage(DetailPage):
    """What the pages about one person share."""

    roles: ClassVar[tuple[Role, ...]] = MANAGERS
    model = User
    object_name = "person"

    def get_queryset(self) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset()
        return rows.select_related("home_college")

    def get_breadcrumbs(self) -> Crumbs:
        return [
            ("账号", reverse("accounts:people")),
            (self.object.name, reverse("accounts:person", args=[self.object.pk])),
            (self.title, None),
        ]

    def get_success_url(self) -> str:
        return reverse("accounts:person", args=[self.object.pk])

    def get_decision(self) -> Decision:
        return policies.can_manage(self.user, self.object)


class Person(PersonPage):
    roles = READERS
    template_name = "accounts/person.html"

    def get_breadcrumbs(self) -> Crumbs:
        return [("账号", reverse("accounts:people")), (self.object.name, None)]

    def get_title(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: User = self.object
        grants = person.role_grants.select_related("college", "granted_by").order_by("-starts_on", "role")
        entries = AuditEntry.objects.visible_to(self.user).filter(
            object_type=User._meta.label_lower, object_id=str(person.pk)
        )
        return super().get_context_data(**kwargs) | {
            "grants": [(grant, policies.can_end(self.user, grant)) for grant in grants],
            "codes": person.one_time_codes.select_related("issued_by")[:5],
            "attempts": person.sign_in_attempts.all()[:10],
            "locked": throttle.is_locked(person),
            "manage": self.get_decision(),
            "entries": entries[:10],
            "today": timezone.localdate(),
            "now": timezone.now(),
        }


class CreatePerson(FormPage):
    title = "新建账号"
    roles = MANAGERS
    form_class = NewPersonForm
    submit_label = "建立账号"

    def get_breadcrumbs(self) -> Crumbs:
        return [("账号", reverse("accounts:people")), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def perform(self, form: NewPersonForm) -> str | HttpResponseBase:
        data = form.cleaned_data
        self.person = create_person(
            self.user,
            staff_no=data["staff_no"],
            name=data["name"],
            home_college=data["home_college"],
            role=data["role"],
            college=form.college_of_role,
        )
        if data["issue_code"]:
            return show_codes(self, [issue_code(self.user, self.person)])
        return f"已建立账号 {self.person}。发放一次性登录码后即可登录。"

    def get_success_url(self) -> str:
        return reverse("accounts:person", args=[self.person.pk])


class EditPerson(PersonPage, ObjectFormPage):
    title = "修改资料"
    form_class = PersonForm
    template_name = "accounts/person_form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "home_college": self.object.home_college}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"decision": self.get_decision()}

    def perform(self, form: PersonForm) -> str:
        data = form.cleaned_data
        update_person(self.user, self.object, name=data["name"], home_college=data["home_college"])
        return "资料已保存。"


class AddGrant(PersonPage, ObjectFormPage):
    title = "授予角色"
    form_class = GrantForm
    template_name = "accounts/person_form.html"
    submit_label = "授予"

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"decision": self.get_decision()}

    def perform(self, form: GrantForm) -> str:
        data = form.cleaned_data
        grant = grant_role(
            self.user,
            self.object,
            data["role"],
            college=data["college"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )
        return f"已授予：{grant}。"


class EndGrant(ObjectActionPage):
    title = "结束授权"
    roles = MANAGERS
    model = RoleGrant
    form_class = EndGrantForm
    submit_label = "结束授权"
    submit_tone = "danger"

    def get_queryset(self) -> QuerySet[RoleGrant]:
        rows: QuerySet[RoleGrant] = super().get_queryset()
        return rows.select_related("user__home_college", "college")

    def get_breadcrumbs(self) -> Crumbs:
        person = self.object.user
        return [
            ("账号", reverse("accounts:people")),
            (person.name, reverse("accounts:person", args=[person.pk])),
            (self.title, None),
        ]

    def get_decision(self) -> Decision:
        return policies.can_end(self.user, self.object)

    def get_consequences(self) -> Sequence[str]:
        return [f"{self.object}：过了最后一天，这个身份不再起作用，已经做过的事和记录都保留。"]

    def perform(self, form: EndGrantForm) -> str:
        data = form.cleaned_data
        end_grant(self.user, self.object, last_day=data["last_day"], reason=data["reason"])
        return f"授权在 {data['last_day']:%Y-%m-%d} 结束。"

    def get_success_url(self) -> str:
        return reverse("accounts:person", args=[self.object.user_id])


class PersonAction(PersonPage, ObjectActionPage):
    template_name = "web/confirm.html"

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"


class Deactivate(PersonAction):
    title = "停用账号"
    form_class = ReasonForm
    submit_label = "停用"
    submit_tone = "danger"

    def get_consequences(self) -> Sequence[str]:
        return [
            "这个人立即不能再登录，正在使用的页面下一次点击就会退出。",
            "未用的登录码作废；角色、班级、记录都保留，可以重新启用。",
        ]

    def perform(self, form: ReasonForm) -> str:
        deactivate(self.user, self.object, reason=form.cleaned_data["reason"])
        return "账号已停用。"


class Activate(PersonAction):
    title = "启用账号"
    form_class = OptionalReasonForm
    submit_label = "启用"

    def get_consequences(self) -> Sequence[str]:
        return ["这个人可以用原来的密码登录；忘了密码请另发一次性登录码。"]

    def perform(self, form: OptionalReasonForm) -> str:
        activate(self.user, self.object, reason=form.cleaned_data["reason"])
        return "账号已启用。"


class Unlock(PersonAction):
    title = "解除登录锁定"
    submit_label = "解除锁定"

    def get_consequences(self) -> Sequence[str]:
        return ["清除这个工号的登录失败次数，马上可以再试。请先确认是本人要求的。"]

    def perform(self, form: Any) -> str:
        return f"已解除锁定，清除 {unlock(self.user, self.object)} 次失败。"
