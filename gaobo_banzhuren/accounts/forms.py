"""Forms of accounts: they narrow the choices to what the person may do; services write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from . import policies, validators
from .models import College, User
from .roles import COLLEGE_ROLES, Role

LONGEST_SECRET = 128


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SignInForm(forms.Form):
    username = forms.CharField(label="工号", max_length=40)
    password = forms.CharField(label="密码或一次性登录码", max_length=LONGEST_SECRET * 2, strip=False)


class PasswordForm(forms.Form):
    """A new password twice; the old one as well, unless the person has just come in with a one-time code."""

    old_password = forms.CharField(
        label="现在的密码",
        strip=False,
        max_length=LONGEST_SECRET * 2,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated_password = forms.CharField(
        label="再输入一次新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, with_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not with_old:
            del self.fields["old_password"]
        self.fields["new_password"].help_text = "".join(password_rules())

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError("现在的密码不对。")
        return old

    def clean_new_password(self) -> str:
        new: str = self.cleaned_data["new_password"]
        validate_password(new, self.user)
        if self.user.check_password(new):
            raise ValidationError("新密码不能和现在的密码相同。")
        return new

    def clean_repeated_password(self) -> str:
        repeated: str = self.cleaned_data["repeated_password"]
        new = self.cleaned_data.get("new_password")
        if new is not None and repeated != new:
            raise ValidationError("两次输入的新密码不一样。")
        return repeated


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    home_college = forms.ModelChoiceField(
        label="所属学院", queryset=College.objects.none(), required=False, empty_label="（不属于二级学院）"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_colleges(self.fields["home_college"], user)


class NewPersonForm(PersonForm):
    """A new account, with its first role where one is chosen."""

    staff_no = forms.CharField(label="工号", max_length=20, help_text="登录用，建立后不能更改。")
    role = forms.ChoiceField(label="角色", required=False)
    issue_code = forms.BooleanField(label="建立后立即发一次性登录码", required=False, initial=True)

    field_order = ("staff_no", "name", "home_college", "role", "issue_code")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        roles = policies.grantable_roles(user)
        first = [] if roles == {Role.CLASS_TEACHER} else [("", "（暂不授予）")]
        _choices(self.fields["role"], first + [(role.value, role.label) for role in Role if role in roles])

    def clean_role(self) -> Role | None:
        value = self.cleaned_data["role"]
        return Role(value) if value else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") in COLLEGE_ROLES and not data.get("home_college"):
            self.add_error("home_college", "学院的角色需要指定学院。")
        return data

    @property
    def college_of_role(self) -> College | None:
        college: College | None = self.cleaned_data["home_college"]
        return college if self.cleaned_data["role"] in COLLEGE_ROLES else None


class GrantForm(forms.Form):
    role = forms.ChoiceField(label="角色")
    college = forms.ModelChoiceField(
        label="学院",
        queryset=College.objects.none(),
        required=False,
        empty_label="（不分学院）",
        help_text="二级学院管理员、学院考核人、学院负责人必须指定学院，其他角色留空。",
    )
    starts_on = forms.DateField(label="开始日期", widget=DateInput())
    ends_on = forms.DateField(
        label="结束日期", widget=DateInput(), required=False, help_text="含当天；长期有效请留空。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = policies.grantable_roles(user)
        _choices(self.fields["role"], [(role.value, role.label) for role in Role if role in roles])
        _offer_colleges(self.fields["college"], user)
        self.fields["starts_on"].initial = timezone.localdate

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, college = data.get("role"), data.get("college")
        if role in COLLEGE_ROLES and not college:
            self.add_error("college", f"「{role.label}」必须指定学院。")
        if role and role not in COLLEGE_ROLES and college:
            self.add_error("college", f"「{role.label}」不分学院，请留空。")
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        return data


class EndGrantForm(forms.Form):
    last_day = forms.DateField(label="最后一天", widget=DateInput(), help_text="含当天。要马上收回，请填昨天。")
    reason = forms.CharField(label="理由", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = timezone.localdate


class CollegeForm(forms.Form):
    name = forms.CharField(label="学院名称", max_length=60)
    is_active = forms.BooleanField(
        label="在用", required=False, help_text="停用的学院保留全部历史，只是不再出现在新建的表单里。"
    )


class NewCollegeForm(forms.Form):
    code = forms.CharField(label="学院代码", max_length=20, help_text="名册和表格里用的代码，建立后不能更改。")
    name = forms.CharField(label="学院名称", max_length=60)


class CodesForm(forms.Form):
    """Whom to print a code for: ticked people, or everybody the list shows."""

    people = forms.TypedMultipleChoiceField(label="人员", coerce=int, required=False)
    everybody = forms.BooleanField(required=False)

    def __init__(self, *args: Any, candidates: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {person.pk: person for person in candidates}
        _choices(self.fields["people"], [(pk, str(person)) for pk, person in self.candidates.items()])

    def clean_people(self) -> list[User]:
        return [self.candidates[pk] for pk in self.cleaned_data["people"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            data["chosen"] = list(self.candidates.values()) if data.get("everybody") else data.get("people")
            if not data["chosen"]:
                raise ValidationError("请先勾选人员。")
        return data


def password_rules() -> list[str]:
    """The sentences of our own rules; those of the general ones say nothing that a person could act on."""
    own = [rule for rule in get_default_password_validators() if type(rule).__module__ == validators.__name__]
    return [rule.get_help_text() for rule in own]


def _offer_colleges(field: forms.Field, user: User) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    colleges = College.objects.visible_to(user).filter(is_active=True)
    field.queryset = colleges
    if not policies.has_wide_scope(user):
        own = colleges.filter(pk__in=user.access.colleges(Role.COLLEGE_ADMIN))
        field.queryset = own
        field.initial = own.first()
        field.required = True
        field.empty_label = None


def _choices(field: forms.Field, choices: list[tuple[Any, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
