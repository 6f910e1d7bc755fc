"""Headers on every answer, and the one place where domain errors become pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from . import error_views
from .errors import UserError

GetResponse = Callable[[HttpRequest], HttpResponseBase]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
        "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer",
        "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip


def response_headers(get_response: GetResponse) -> GetResponse:
    """Nothing that a view made may stay in a cache or a search engine, and no page may use the device's sensors."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        known = request.method in METHODS
        response = get_response(request) if known else HttpResponseNotAllowed(METHODS)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # Also on answers that another middleware gave before Django's own one was reached.
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if request.path_info.startswith(settings.STATIC_URL):
            return response
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        # Signed in or not: a page's content depends on the cookie, so a stored copy shows it to the next person.
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware


class UserErrors:
    """Turns what a view raised into a page that says what to do, with the right status and a way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return error_views.not_allowed(response.headers["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UserError):
            return error_views.user_error(request, exception)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
            return error_views.too_large(request)
        if isinstance(exception, OperationalError | InterfaceError):
            return error_views.unavailable(request, exception)
        return None


def user_errors(get_response: GetResponse) -> UserErrors:
    return UserErrors(get_response)
