"""The maintenance pages (数据维护): for 系统管理员 and 继续教育学院 only; for everyone else they do not exist."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role


class GaoboAdminSite(AdminSite):
    site_header = "班主任管理 · 数据维护"
    site_title = "数据维护"
    index_title = "数据维护"
    empty_value_display = "—"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and user.access.has(Role.SYSADMIN, Role.OFFICE)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Unlike Django's: no redirect to a sign-in form of its own, but a 404 for whoever may not come in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        raise Http404


admin_site = GaoboAdminSite(name="admin")


class ScopedModelAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Rows start at `visible_to`; nothing is added or deleted here and `frozen_fields` are shown, not changed.

    Workflow and money are never edited here: whoever opens adding or deleting for a model says why.
    """

    frozen_fields: ClassVar[tuple[str, ...]] = ()
    can_add: ClassVar[bool] = False
    can_change: ClassVar[bool] = True
    can_delete: ClassVar[bool] = False
    list_per_page = 50
    list_max_show_all = 200
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        manager = self.model._default_manager
        rows = manager.visible_to(request.user) if hasattr(manager, "visible_to") else super().get_queryset(request)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *self.frozen_fields]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.can_add and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_change and self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_delete and self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)
