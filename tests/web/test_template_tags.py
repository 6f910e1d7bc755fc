"""Numbers, days and states as people read them."""

import datetime as dt
from typing import Any

import pytest
from django.db import models
from django.template import Context, Template
from django.test import RequestFactory

from gaobo_banzhuren.web import status
from gaobo_banzhuren.web.templatetags import gaobo


def shown(source: str, **context: Any) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"), (1, "0.01"), (123400, "1,234.00"), (-5, "-0.05"), (123456789012, "1,234,567,890.12"),
        (None, "—"), ("", "—"),
    ],
)  # fmt: skip
def test_money(fen: Any, text: str) -> None:
    assert shown("{{ fen|money }}", fen=fen) == text


def test_yuan_has_its_unit() -> None:
    assert shown("{{ fen|yuan }}", fen=123450) == "1,234.50 元"
    assert shown("{{ fen|yuan }}", fen=None) == "—"


def test_days_and_moments_are_in_the_college_time_zone() -> None:
    late = dt.datetime(2024, 3, 17, 16, 5, tzinfo=dt.UTC)

    assert shown("{{ when|day }} {{ when|moment }}", when=late) == "2024-03-18 2024-03-18 00:05"
    assert shown("{{ when|day }} {{ when|month }}", when=dt.date(2024, 3, 1)) == "2024-03-01 2024年3月"
    assert shown("{{ none|day }}{{ none|moment }}") == "——"


def test_plain_variables_follow_the_same_format() -> None:
    assert shown("{{ day }} {{ number }}", day=dt.date(2024, 3, 18), number=1234567) == "2024-03-18 1234567"


@pytest.mark.parametrize(
    ("number", "text"), [("13812341234", "138****1234"), ("051212345", "051****2345"), ("12345", "***45"), ("", "—")]
)
def test_phone_is_masked(number: str, text: str) -> None:
    assert shown("{{ number|mask_phone }}", number=number) == text


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    CLOSED = "closed", "已结清"


def test_state_differs_by_word_icon_and_colour() -> None:
    status.declare(State, {State.DRAFT: "neutral", State.CLOSED: ("success", "lock")})
    html = shown("{% status state %}", state=State.CLOSED)

    assert "tone-success" in html
    assert "#lock" in html
    assert "已结清" in html
    assert "&lt;b&gt;" in shown("{% badge word 'danger' %}", word="<b>")


def test_state_of_a_row_is_found_by_the_field() -> None:
    from gaobo_banzhuren.accounts.models import RoleGrant
    from gaobo_banzhuren.accounts.roles import Role

    status.declare(Role, dict.fromkeys(Role, "info"))
    try:
        html = shown("{% status grant 'role' %}", grant=RoleGrant(role="hr"))
    finally:
        status._looks.pop(Role)
        status._enum_of_field.cache_clear()
    assert "tone-info" in html
    assert "人事" in html


def test_declaring_must_cover_every_member() -> None:
    with pytest.raises(ValueError, match="CLOSED"):
        status.declare(State, {State.DRAFT: "neutral"})


def test_icon_is_decoration_or_read_aloud() -> None:
    assert 'aria-hidden="true"' in gaobo.icon("house")
    assert 'aria-label="首页&lt;"' in gaobo.icon("house", "首页<")


def test_query_is_continued_without_what_changes() -> None:
    request = RequestFactory().get("/", {"page": "2", "q": "a&b", "size": "50"})

    assert shown("{% query_without 'page' 'size' as rest %}{{ rest }}", request=request) == "q=a%26b&amp;"
    assert shown("{% query_without 'page' as rest %}{{ rest }}", request=RequestFactory().get("/")) == ""
