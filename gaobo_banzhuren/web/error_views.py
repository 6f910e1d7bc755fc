"""Pages for what went wrong, in Chinese, with a way on. They need no database and no context processors."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token

from .errors import StaleError, UserError

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30
HIDDEN_FIELDS = ("csrfmiddlewaretoken", "form_token")
SECRET_WORDS = ("password", "code", "otp", "token")


def _page(status: int, template: str = "", **context: Any) -> HttpResponse:
    """A page that stands alone: rendered without a request, so that no context processor asks the database."""
    return HttpResponse(render_to_string(template or f"{status}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return _page(400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for a missing and for a foreign thing: neither text nor length tells them apart."""
    return _page(404)


def not_allowed(methods: str) -> HttpResponse:
    """A form's address that was opened like a page, for example by reloading after signing in again."""
    response = _page(405)
    response.headers["Allow"] = methods
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(413)


def too_many(request: HttpRequest, seconds: int | None = None, message: str = "") -> HttpResponse:
    """The throttle's page; `seconds` is the time to wait, also told in the Retry-After header."""
    response = _page(429, minutes=max(1, -(-seconds // 60)) if seconds else None, message=message)
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The database does not answer. Nothing of the exception is shown."""
    logger.error("database unavailable: %s", type(exception).__name__ if exception else "unknown")
    response = _page(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    # The handler is called while the exception is being handled; a lost database deserves a truer page than "error".
    exception = sys.exc_info()[1]
    if isinstance(exception, OperationalError | InterfaceError):
        return unavailable(request, exception)
    return _page(500, request_id=getattr(request, "request_id", ""))


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from an old page or another account: nothing was written, and the typed text is shown to be kept."""
    return _page(403, "403_csrf.html", posted=posted_texts(request), back=back_address(request))


def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
    """Render the error's text with its status; a partial update gets only the message."""
    context = {
        "title": "内容已被他人修改" if isinstance(error, StaleError) else "没有完成",
        "message": error.message,
        "back": back_address(request),
        "posted": posted_texts(request) if request.method == "POST" else [],
        "stale": isinstance(error, StaleError),
    }
    if getattr(request, "htmx", False):
        response = render(request, "includes/_error_message.html", context, status=error.status)
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    template = "409.html" if isinstance(error, StaleError) else "web/user_error.html"
    return render(request, template, context, status=error.status)


def posted_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person typed, as (field, text), without secrets, so that nothing is lost with a refused form."""
    try:
        posted = list(request.POST.lists())
    except Exception as problem:  # noqa: BLE001 - a body that cannot be read must not break the error page
        logger.info("posted body unreadable: %s", type(problem).__name__)
        return []
    return [
        (name, value)
        for name, values in posted
        for value in values
        if value.strip() and name not in HIDDEN_FIELDS and not any(word in name.lower() for word in SECRET_WORDS)
    ]


def back_address(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours, else the start page."""
    referer = request.headers.get("Referer", "")
    try:
        host = request.get_host()
    except Exception:  # noqa: BLE001 - a forged Host header: there is no page to go back to
        return "/"
    return referer if url_has_allowed_host_and_scheme(referer, {host}, require_https=request.is_secure()) else "/"
