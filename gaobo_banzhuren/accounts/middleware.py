"""What holds for every signed-in request: the session's lifetimes and the forced change of a first password."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

SIGNED_IN_AT = "signed_in_at"
LAST_SEEN = "last_seen"
EXPIRED = "_sign_in_expired"
NOTE_EVERY_SECONDS = 60

Handler = Callable[[HttpRequest], HttpResponse]


def session_lifetime(get_response: Handler) -> Handler:
    """Ends a session that was idle or simply open for too long. The person then signs in again and lands where he was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(SIGNED_IN_AT, now)
            seen = request.session.setdefault(LAST_SEEN, now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_ABSOLUTE_SECONDS:
                logout(request)
                setattr(request, EXPIRED, True)
            elif now - seen > NOTE_EVERY_SECONDS:
                request.session[LAST_SEEN] = now
        return get_response(request)

    return middleware


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default. After signing in again the person returns to the page, never to the address of a form post."""

    def handle_no_permission(  # type: ignore[override]  # an htmx request is answered without a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        target = return_address(request)
        response = redirect_to_login(target, reverse("accounts:login"))
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = response["Location"]
            return answer
        return response


def return_address(request: HttpRequest) -> str:
    """The page that the person was looking at: this address for a GET, else the page that sent it (same site only)."""
    if request.headers.get("HX-Request"):
        page = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        return request.get_full_path()
    else:
        page = request.headers.get("Referer", "")
    if page and url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(page)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("web:home")


def password_change_required(get_response: Handler) -> Handler:
    """Someone who came in with a one-time code reaches the change page and the way out, nothing else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and getattr(user, "must_change_password", False):
            allowed = {reverse("accounts:password"), reverse("accounts:logout")}
            if request.path not in allowed:
                return _to_change_page(request)
        return get_response(request)

    return middleware


def _to_change_page(request: HttpRequest) -> HttpResponse:
    address = reverse("accounts:password")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)
