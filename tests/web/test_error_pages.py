"""What went wrong is said in Chinese, and what the person typed is still there."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from gaobo_banzhuren.web.error_views import back_address, posted_texts, too_many
from tests.factories import class_teacher, client_for, office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]

TEXT = "今天与张同学谈了四十分钟。\n家里的情况已经了解。"


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "413", "429", "500", "503", "403_csrf"])
def test_page_stands_alone_without_database_and_request(name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        body = render_to_string(f"{name}.html")

    assert "<h1>" in body
    assert "btn-primary" in body


def test_domain_error_is_shown_escaped_with_its_status() -> None:
    answer = client_for(class_teacher()).get("/t/raise/user/")

    assert answer.status_code == 400
    assert "工作表“学生”第 3 行：学号重复。" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert" in answer.content.decode()


def test_stale_page_keeps_the_typed_text() -> None:
    answer = client_for(class_teacher()).post("/t/raise/stale/", {"note": TEXT, "password": "隐藏的"})

    assert answer.status_code == 409
    body = answer.content.decode()
    assert "李老师 09:05 已修改。" in body
    assert TEXT.splitlines()[1] in body
    assert "隐藏的" not in body


def test_expired_form_keeps_the_typed_text_and_writes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office())

    answer = client.post("/t/colleges/new/", {"name": "新学院", "code": "N1", "note": TEXT + "<b>"})

    assert answer.status_code == 403
    body = answer.content.decode()
    assert "页面已过期" in body
    assert TEXT.splitlines()[0] in body
    assert "&lt;b&gt;" in body


def test_partial_update_gets_only_the_message() -> None:
    answer = client_for(class_teacher()).get("/t/raise/denied/", HTTP_HX_REQUEST="true")

    assert answer.status_code == 403
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.content.decode()


def test_throttle_page_says_how_long() -> None:
    answer = too_many(RequestFactory().get("/"), seconds=61)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "61"
    assert "2 分钟" in answer.content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/teachers/", "http://testserver/teachers/"),
        ("https://evil.example/", "/"),
        ("//evil.example/x", "/"),
        ("javascript:alert(1)", "/"),
        ("http:evil.example", "/"),
        ("http://testserver@evil.example/", "/"),
        ("http:\\\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_on_this_site(referer: str, back: str) -> None:
    assert back_address(RequestFactory().get("/", HTTP_REFERER=referer)) == back


def test_address_of_a_form_opened_as_a_page_is_no_dead_end() -> None:
    answer = client_for(office()).put("/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "请从页面上操作" in answer.content.decode()


def test_database_lost_before_the_page_is_reached_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(office())
    client.raise_request_exception = False

    def lost(*_: object) -> None:
        raise OperationalError("could not connect to 10.1.2.3")

    monkeypatch.setattr(SessionStore, "load", lost)
    answer = client.get("/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "10.1.2.3" not in answer.content.decode()


def test_body_that_cannot_be_read_does_not_break_the_page(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    request = RequestFactory().post("/", {"a": "1", "b": "2"})

    assert posted_texts(request) == []


def test_forged_host_leads_home() -> None:
    assert back_address(RequestFactory().get("/", HTTP_HOST="evil.example", HTTP_REFERER="http://evil.example/")) == "/"
