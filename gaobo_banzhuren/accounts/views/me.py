"""The own account: roles, password, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from gaobo_banzhuren.web.actions import ActionPage, FormPage
from gaobo_banzhuren.web.views import RolePage

from ..forms import PasswordForm
from ..models import RoleGrant
from ..services import change_password, sign_out_everywhere
from ..throttle import PAIR_LIMIT

WRONG_TRIES = "wrong_old_password"


class Profile(RolePage):
    title = "我的账号"
    template_name = "accounts/profile.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        grants = RoleGrant.objects.filter(user=self.user).select_related("college").order_by("-starts_on", "role")
        attempts = self.user.sign_in_attempts.all()[:10]
        return self.render(person=self.user, grants=grants, attempts=attempts, today=timezone.localdate())


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePassword(FormPage):
    """Reached by everybody; for who came in with a one-time code it is the only page until it is done."""

    title = "修改密码"
    template_name = "accounts/password.html"
    form_class = PasswordForm
    submit_label = "修改密码"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [] if self.user.must_change_password else [("我的账号", reverse("accounts:profile")), (self.title, None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "with_old": not self._came_by_code()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["first_time"] = self.user.must_change_password
        if self.user.must_change_password:
            context |= {"cancel_url": "", "title": "设置自己的密码"}
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if form.is_valid():
            return super().post(request, *args, **kwargs)
        if form.has_error("old_password") and self._too_many_wrong():
            logout(request)
            return HttpResponseRedirect(reverse("accounts:login"))
        return self.render(form=form)

    def perform(self, form: PasswordForm) -> str:
        change_password(self.user, form.cleaned_data["new_password"])
        update_session_auth_hash(self.request, self.user)
        self.request.session.pop("signed_in_by_code", None)
        self.request.session.pop(WRONG_TRIES, None)
        return "密码已修改，其他设备上的登录已全部退出。"

    def get_success_url(self) -> str:
        return reverse("web:home")

    def _came_by_code(self) -> bool:
        return self.user.must_change_password and bool(self.request.session.get("signed_in_by_code"))

    def _too_many_wrong(self) -> bool:
        """A session left open must not serve for guessing the password."""
        tries = self.request.session.get(WRONG_TRIES, 0) + 1
        self.request.session[WRONG_TRIES] = tries
        return bool(tries >= PAIR_LIMIT)


class SignOutEverywhere(ActionPage):
    title = "退出所有设备"
    submit_label = "全部退出"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("我的账号", reverse("accounts:profile")), (self.title, None)]

    def get_consequences(self) -> Sequence[str]:
        return ["您在所有手机、电脑上的登录都会立即失效，包括这一台。", "之后用密码重新登录即可，数据不受影响。"]

    def perform(self, form: Any) -> HttpResponseBase:
        sign_out_everywhere(self.user)
        logout(self.request)
        messages.success(self.request, "所有设备都已退出，请重新登录。")
        return HttpResponseRedirect(reverse("accounts:login"))
