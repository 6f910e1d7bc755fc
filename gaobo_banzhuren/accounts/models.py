"""Colleges, people who sign in, their roles and one-time codes."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .roles import COLLEGE_ROLES, NOBODY, Access, Role


class CollegeQuerySet(models.QuerySet["College"]):
    def visible_to(self, user: User) -> CollegeQuerySet:
        """The office, HR, system administrators and auditors see all colleges, college roles their own."""
        access = user.access
        if access.has(Role.OFFICE, Role.HR, Role.SYSADMIN, Role.AUDITOR):
            return self
        return self.filter(pk__in=access.colleges())


class College(models.Model):
    """二级学院: the unit that appoints, assesses and submits allowance. It scopes the college roles, so it lives here."""

    code = models.CharField("学院代码", max_length=20, unique=True)
    name = models.CharField("学院名称", max_length=60, unique=True)
    is_active = models.BooleanField("在用", default=True)

    objects = CollegeQuerySet.as_manager()

    class Meta:
        verbose_name = "二级学院"
        verbose_name_plural = "二级学院"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, staff_no: str, name: str, password: str | None = None, **fields: Any) -> User:
        """Without a password the account cannot sign in until a one-time code is issued."""
        from .names import pinyin_of

        full, initials = pinyin_of(name)
        user = self.model(staff_no=staff_no, name=name, name_pinyin=full, name_initials=initials, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, staff_no: str, name: str, password: str | None = None, **fields: Any) -> User:
        """A superuser here is a person with the role 系统管理员; there is no flag that opens everything."""
        user = self.create_user(staff_no, name, password, **fields)
        RoleGrant.objects.create(user=user, role=Role.SYSADMIN, starts_on=timezone.localdate())
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(staff_no=username)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """System administrators, office and auditors see everyone; a college admin the accounts of the own college."""
        access = user.access
        if access.has(Role.SYSADMIN, Role.OFFICE, Role.AUDITOR):
            return self
        colleges = access.colleges(Role.COLLEGE_ADMIN)
        return self.filter(Q(pk=user.pk) | Q(home_college__in=colleges))


class User(AbstractBaseUser):
    """A person, signed in by 工号. Rights come from role grants only; `is_superuser` does not exist."""

    staff_no = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=50)
    name_pinyin = models.CharField("姓名拼音", max_length=200, blank=True, editable=False)
    name_initials = models.CharField("拼音首字母", max_length=50, blank=True, editable=False)
    home_college = models.ForeignKey(
        College, verbose_name="所属学院", on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True, editable=False)
    session_version = models.PositiveIntegerField("会话版本", default=0, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    signed_in_by_code = False
    """Set on the instance that has just come in with a one-time code; not stored."""

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        ordering = ["staff_no"]
        indexes = [
            models.Index(fields=["name_pinyin"], name="user_pinyin"),
            models.Index(fields=["name_initials"], name="user_initials"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.staff_no}）"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Every session carries this digest, so a new password or a raised `session_version` ends all of them."""
        value = f"{self.password}:{self.session_version}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def access(self) -> Access:
        """Roles in force today. One query, kept for the life of this instance, that is for one request."""
        if not self.is_active or self.pk is None:
            return NOBODY
        found: dict[Role, set[int]] = {}
        for role, college_id in self.role_grants.on(timezone.localdate()).values_list("role", "college_id"):
            found.setdefault(Role(role), set()).update({college_id} if college_id else set())
        return Access(self.pk, {role: frozenset(ids) for role, ids in found.items()})

    # Django's admin asks these; access to it is decided by role in the admin site itself.
    @property
    def is_staff(self) -> bool:
        return self.access.has(Role.SYSADMIN, Role.OFFICE)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def on(self, day: dt.date) -> RoleGrantQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def visible_to(self, user: User) -> RoleGrantQuerySet:
        return self.filter(user__in=User.objects.visible_to(user))


class RoleGrant(models.Model):
    """One role of one person for a span of days (first and last day included), for one college where the role asks it."""

    user = models.ForeignKey(User, verbose_name="用户", on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    college = models.ForeignKey(
        College, verbose_name="学院", on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, verbose_name="授予人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = "角色授权"
        verbose_name_plural = "角色授权"
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_grant_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="role_grant_days_in_order",
            ),
            models.CheckConstraint(
                condition=(
                    Q(role__in=sorted(COLLEGE_ROLES), college__isnull=False)
                    | (~Q(role__in=sorted(COLLEGE_ROLES)) & Q(college__isnull=True))
                ),
                name="role_grant_college_where_needed",
            ),
        ]

    @property
    def scope_text(self) -> str:
        """Over what the role reaches, in words."""
        if self.college:
            return self.college.name
        return "自己的班级" if self.role == Role.CLASS_TEACHER else "全校"

    @property
    def is_open(self) -> bool:
        """In force today or still to come."""
        return self.ends_on is None or self.ends_on >= timezone.localdate()

    def __str__(self) -> str:
        where = f"·{self.college}" if self.college else ""
        return f"{self.user.name}·{self.get_role_display()}{where}"


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def visible_to(self, user: User) -> OneTimeCodeQuerySet:
        return self.filter(user__in=User.objects.visible_to(user))


class OneTimeCode(models.Model):
    """A sign-in code that works once. Only a keyed digest is kept: the code is random, so no slow hash is needed."""

    user = models.ForeignKey(User, verbose_name="用户", on_delete=models.PROTECT, related_name="one_time_codes")
    digest = models.CharField("摘要", max_length=64, unique=True)
    issued_by = models.ForeignKey(User, verbose_name="发放人", on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("发放时间", auto_now_add=True)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "一次性登录码"
        verbose_name_plural = "一次性登录码"
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.user}·{self.issued_at:%Y-%m-%d %H:%M}"


class SignInAttemptQuerySet(models.QuerySet["SignInAttempt"]):
    def visible_to(self, user: User) -> SignInAttemptQuerySet:
        """System administrators, auditors and the office see all tries, everyone else those of accounts in scope."""
        if user.access.has(Role.SYSADMIN, Role.AUDITOR, Role.OFFICE):
            return self
        return self.filter(user__in=User.objects.visible_to(user))


class SignInAttempt(models.Model):
    """One try at the sign-in page. The throttle counts by address, for a known device by device.

    Kept apart from the audit chain, because anybody can make as many as they like.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", "验证中"
        SUCCESS = "success", "成功"
        FAILED = "failed", "失败"
        REFUSED = "refused", "次数过多，未验证"

    account = models.CharField("输入的工号", max_length=20)
    user = models.ForeignKey(
        User, verbose_name="用户", on_delete=models.SET_NULL, null=True, blank=True, related_name="sign_in_attempts"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    device = models.CharField("已知设备", max_length=32, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    by_code = models.BooleanField("用登录码", default=False)
    forgiven = models.BooleanField("已解锁", default=False)

    objects = SignInAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "登录尝试"
        verbose_name_plural = "登录尝试"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["account", "at"], name="sign_in_account"),
            models.Index(fields=["address", "at"], name="sign_in_address"),
            models.Index(fields=["at"], name="sign_in_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["pending", "success", "failed", "refused"]), name="sign_in_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}·{self.get_outcome_display()}"


class SignInGate(models.Model):
    """Its only row is locked while a try is counted, so that several processes together never evaluate one too many."""

    opened_at = models.DateTimeField("最近使用", auto_now=True)

    class Meta:
        verbose_name = "登录计数锁"
        verbose_name_plural = "登录计数锁"

    def __str__(self) -> str:
        return str(self.pk)
