"""Maintenance pages of accounts: looked at here, changed on the pages of the product, whose services keep the rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site

from .models import College, OneTimeCode, RoleGrant, SignInAttempt, SignInGate, User
from .services import rename_college, set_college_active, update_person


class GrantInline(admin.TabularInline):
    model = RoleGrant
    fk_name = "user"
    extra = 0
    can_delete = False
    fields = ("role", "college", "starts_on", "ends_on", "granted_by", "granted_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(College, site=admin_site)
class CollegeAdmin(ScopedModelAdmin):
    list_display = ("code", "name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    fields = ("code", "name", "is_active")
    frozen_fields = ("code",)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        assert isinstance(obj, College)
        college = College.objects.get(pk=obj.pk)
        rename_college(request.user, college, name=obj.name)
        set_college_active(request.user, college, active=obj.is_active)


@admin.register(User, site=admin_site)
class UserAdmin(ScopedModelAdmin):
    """The password is not among the fields, not even as a digest."""

    list_display = ("staff_no", "name", "home_college", "is_active", "must_change_password", "last_login")
    list_filter = ("is_active", "home_college", "role_grants__role")
    list_select_related = ("home_college",)
    search_fields = ("staff_no", "name", "name_pinyin", "name_initials")
    fields = (
        "staff_no", "name", "home_college", "is_active", "must_change_password", "password_changed_at", "last_login",
        "created_at",
    )  # fmt: skip
    frozen_fields = (
        "staff_no", "is_active", "must_change_password", "password_changed_at", "last_login", "created_at",
    )  # fmt: skip
    inlines = (GrantInline,)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        assert isinstance(obj, User)
        update_person(request.user, User.objects.get(pk=obj.pk), name=obj.name, home_college=obj.home_college)


@admin.register(RoleGrant, site=admin_site)
class RoleGrantAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("user", "role", "college", "starts_on", "ends_on", "granted_by")
    list_filter = ("role", "college")
    list_select_related = ("user", "college", "granted_by")
    search_fields = ("user__staff_no", "user__name")
    date_hierarchy = "starts_on"
    fields = ("user", "role", "college", "starts_on", "ends_on", "granted_by", "granted_at")
    readonly_fields = fields


@admin.register(OneTimeCode, site=admin_site)
class OneTimeCodeAdmin(ScopedModelAdmin):
    """Without the digest: nothing here helps to find a code."""

    can_change = False
    list_display = ("user", "issued_by", "issued_at", "expires_at", "used_at", "withdrawn_at")
    list_select_related = ("user", "issued_by")
    search_fields = ("user__staff_no", "user__name")
    date_hierarchy = "issued_at"
    fields = ("user", "issued_by", "issued_at", "expires_at", "used_at", "withdrawn_at")
    readonly_fields = fields


@admin.register(SignInAttempt, site=admin_site)
class SignInAttemptAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("at", "account", "user", "outcome", "by_code", "address")
    list_filter = ("outcome", "by_code")
    list_select_related = ("user",)
    search_fields = ("account", "address")
    date_hierarchy = "at"
    fields = ("at", "account", "user", "outcome", "by_code", "address", "device", "forgiven")
    readonly_fields = fields


@admin.register(SignInGate, site=admin_site)
class SignInGateAdmin(ScopedModelAdmin):
    can_change = False
    list_display = ("pk", "opened_at")
    fields = ("opened_at",)
    readonly_fields = fields
