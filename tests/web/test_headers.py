"""Every answer carries the same protection, whatever became of the request."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.factories import class_teacher, client_for, office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def signed_in() -> Client:
    client = client_for(office())
    client.raise_request_exception = False
    return client


def checked() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office())
    return client


ANSWERS: dict[str, tuple[int, Callable[[], Any]]] = {
    "page": (200, lambda: signed_in().get("/")),
    "to sign-in": (302, lambda: Client().get("/")),
    "wrong host": (400, lambda: Client().get("/", HTTP_HOST="evil.example")),
    "no token": (403, lambda: checked().post("/search/", {"q": "x"})),
    "refused": (403, lambda: signed_in().get("/t/raise/denied/")),
    "forbidden": (403, lambda: signed_in().get("/t/raise/permission/")),
    "missing": (404, lambda: signed_in().get("/nowhere/")),
    "missing for a stranger": (404, lambda: Client().get("/nowhere/")),
    "wrong method": (405, lambda: signed_in().put("/")),
    "trace": (405, lambda: Client().generic("TRACE", "/")),
    "stale": (409, lambda: signed_in().get("/t/raise/stale/")),
    "too large": (413, lambda: signed_in().post("/search/", {"q": "x" * 1_100_000})),
    "too many fields": (413, lambda: signed_in().post("/search/", {f"f{n}": "1" for n in range(2001)})),
    "too large in a view": (413, lambda: signed_in().get("/t/raise/big/")),
    "crash": (500, lambda: signed_in().get("/t/raise/crash/")),
    "no database": (503, lambda: signed_in().get("/t/raise/database/")),
    "health": (200, lambda: Client().get("/healthz")),
    "admin": (200, lambda: signed_in().get("/admin/")),
    "admin for a teacher": (404, lambda: client_for(class_teacher()).get("/admin/")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_has_its_status_and_all_headers(name: str) -> None:
    status, ask = ANSWERS[name]
    answer: HttpResponse = ask()

    assert answer.status_code == status
    assert {header: answer.headers.get(header) for header in EXPECTED} == EXPECTED
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_static_file_has_the_headers_and_may_be_cached(settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    answer = Client().get("/static/css/gaobo.css")

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer.close()


@pytest.mark.parametrize("name", ["crash", "no database", "too large in a view", "forbidden"])
def test_error_page_tells_nothing_of_the_inside(name: str) -> None:
    body = ANSWERS[name][1]().content.decode()

    assert '<html lang="zh-Hans"' in body
    for secret in ("secret detail", "10.1.2.3", "Traceback", "RuntimeError", "site-packages", "Django"):
        assert secret not in body


def test_unreachable_database_asks_to_come_again() -> None:
    answer = signed_in().get("/t/raise/database/")

    assert answer.headers["Retry-After"] == "30"
    assert "正在维护" in answer.content.decode()
