"""The maintenance pages (数据维护): for 系统管理员 and 继续教育学院 only; for everyone else they do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, QuerySet, TextField
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.decorators import method_decorator

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.audit.services import record, sensitive

METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class GaoboAdminSite(AdminSite):
    site_header = "班主任管理 · 数据维护"
    site_title = "数据维护"
    index_title = "数据维护"
    empty_value_display = "—"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and user.access.has(Role.SYSADMIN, Role.OFFICE)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Unlike Django's: no redirect to a sign-in form of its own, but a 404 for whoever may not come in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise Http404
            if request.method not in METHODS:
                # Django's pages take every method but POST for a GET.
                return HttpResponseNotAllowed(METHODS)
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return guarded

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        """Signing in, out and changing the password have one place each, and it is not here."""
        raise Http404

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        raise Http404


admin_site = GaoboAdminSite(name="admin")


class ScopedModelAdmin(ModelAdmin):
    """Rows start at `visible_to`; nothing is added or deleted here and `frozen_fields` are shown, not changed.

    Workflow and money are never edited here: whoever opens adding or deleting for a model says why. What is changed
    goes into the audit log like everything else.
    """

    frozen_fields: ClassVar[tuple[str, ...]] = ()
    can_add: ClassVar[bool] = False
    can_change: ClassVar[bool] = True
    can_delete: ClassVar[bool] = False
    list_per_page = 50
    list_max_show_all = 200
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        manager = self.model._default_manager
        rows = manager.visible_to(request.user) if hasattr(manager, "visible_to") else super().get_queryset(request)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *self.frozen_fields]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.can_add and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_change and self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_delete and self.admin_site.has_permission(request)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:
        """Saves and records in the transaction that the admin opens around every change."""
        old = self.model._default_manager.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        names = form.changed_data
        action = "admin.change" if change else "admin.add"
        record(_actor(request), action, obj, before=_values(old, names) if old else None, after=_values(obj, names))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        record(_actor(request), "admin.delete", obj)
        super().delete_model(request, obj)


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _values(obj: Model, names: Iterable[str]) -> dict[str, Any]:
    fields = [field for field in obj._meta.concrete_fields if field.name in set(names)]
    return {field.name: _plain(field.value_from_object(obj), isinstance(field, TextField)) for field in fields}


def _plain(value: Any, private: bool) -> Any:
    if private:
        return sensitive(str(value or ""))
    return value if value is None or isinstance(value, bool | int | str) else str(value)
