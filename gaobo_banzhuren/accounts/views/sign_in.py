"""The way in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic.base import View

from .. import devices
from ..forms import SignInForm
from ..services import sign_in, sign_out

REFUSAL = "工号、密码或登录码不对。请核对后再试；多次不对会暂停登录一段时间。忘记密码请学院管理员补发登录码。"
TOO_MANY = "尝试次数太多，这次没有核对。请过 {time}再试，或请学院管理员解除锁定、补发登录码。"
EMPTY = "请填写工号，以及密码或一次性登录码。"


@method_decorator(login_not_required, name="dispatch")
@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignIn(View):
    """One text for every refusal, so that nobody learns which 工号 exist or are switched off.

    Who tried too often is told how long to wait, with the same words for a 工号 that nobody has.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(next_page(request))
        return self.show(request)

    @sensitive_variables("form")
    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self.show(request, error=EMPTY)
        result = sign_in(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if result.user is None:
            if not result.wait:
                return self.show(request, error=REFUSAL)
            response = self.show(request, error=TOO_MANY.format(time=in_words(result.wait)), status=429)
            response["Retry-After"] = str(result.wait)
            return response
        target = next_page(request)
        answer = HttpResponseRedirect(reverse("accounts:password") if result.user.must_change_password else target)
        devices.remember(request, answer, result.user)
        return answer

    def show(self, request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "error": error,
            "username": request.POST.get("username", "")[:40],
            "next": request.POST.get("next", request.GET.get("next", "")),
        }
        context["again"] = bool(context["next"]) and not error
        return render(request, "accounts/login.html", context, status=status)


def next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours and not one of the sign-in pages; else the start page."""
    target = request.POST.get("next", request.GET.get("next", ""))
    start = resolve_url("web:home")
    if not url_has_allowed_host_and_scheme(target, None, require_https=request.is_secure()):
        return start
    closed = (reverse("accounts:login"), reverse("accounts:logout"), reverse("accounts:password"))
    return start if target.startswith(closed) else target


def in_words(seconds: int) -> str:
    """A time to wait, rounded up: minutes, from two hours on hours."""
    minutes = -(-seconds // 60)
    return f"{minutes} 分钟" if minutes < 120 else f"{-(-minutes // 60)} 小时"


class SignOut(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request)
        return HttpResponseRedirect(reverse("accounts:login"))
