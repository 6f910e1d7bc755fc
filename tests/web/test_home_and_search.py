"""The start page shows what there is to do; search finds what the person may see."""

from typing import Any

import pytest
from django.test import Client

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web import home, search
from gaobo_banzhuren.web.home import Action, Panel, PanelItem
from gaobo_banzhuren.web.search import Hit
from tests.factories import class_teacher, client_for, office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_panels", [])
    monkeypatch.setattr(search, "_sources", [])
    monkeypatch.setattr(search, "_aside", [])


def todo(user: User) -> Panel:
    return Panel("待办", [PanelItem("2 个班级空缺", 2, "/x/", "danger")], action=Action("处理空缺", "/x/"))


def nothing(user: User) -> Panel:
    return Panel("月表", empty="本月已全部提交。", action=Action("看月表", "/y/"))


def test_panels_by_role_and_order_with_one_next_action() -> None:
    home.register_panel([Role.OFFICE], 20, todo)
    home.register_panel([Role.OFFICE, Role.CLASS_TEACHER], 10, nothing)
    home.register_panel([Role.OFFICE], 5, lambda user: None)

    answer = client_for(office()).get("/")

    assert [panel.title for panel in answer.context["panels"]] == ["月表", "待办"]
    assert answer.context["next_action"] == Action("处理空缺", "/x/")
    assert "本月已全部提交。" in answer.content.decode()
    assert [panel.title for panel in client_for(class_teacher()).get("/").context["panels"]] == ["月表"]


def test_the_start_page_says_each_step_once() -> None:
    def elsewhere(user: User) -> Panel:
        return Panel("月表", [PanelItem("3 月", None, "/m/")], action=Action("看全年", "/z/"))

    home.register_panel([Role.OFFICE], 1, todo)
    home.register_panel([Role.OFFICE], 2, elsewhere)
    body = client_for(office()).get("/").content.decode()

    assert body.count("处理空缺") == 1  # the page's button; the panel's line leads there too
    assert body.count("看全年") == 1


def test_who_has_nothing_to_do_finds_the_own_places() -> None:
    body = client_for(office()).get("/").content.decode()

    assert "今天没有待办" in body
    assert body.count('class="place"') == body.count('class="nav-entry"') - 1  # all but this page


def test_registering_twice_shows_once() -> None:
    home.register_panel([Role.OFFICE], 1, todo)
    home.register_panel([Role.OFFICE], 1, todo)

    assert len(client_for(office()).get("/").context["panels"]) == 1


def people(user: User, query: str, limit: int) -> list[Hit]:
    return [Hit("班主任", f"{query}-{n}<b>", f"/p/{n}/", user.name) for n in range(50)]


def test_search_groups_and_limits_and_escapes() -> None:
    search.register(people)
    body = client_for(office()).post("/search/", {"q": "  zs  "}).content.decode()

    assert body.count('class="hit"') == search.PER_SOURCE
    assert "zs-0&lt;b&gt;" in body


def test_what_is_seldom_meant_stands_last() -> None:
    search.register(lambda user, query, limit: [Hit("账号", "章三", "/a/")], aside=True)
    search.register(lambda user, query, limit: [Hit("班主任", "章三", "/t/")])

    assert list(search.find(office(), "zs")) == ["班主任", "账号"]


def test_fragment_has_only_the_hits() -> None:
    search.register(people)
    body = client_for(office()).post("/search/", {"q": "zs"}, HTTP_X_REQUESTED_WITH="fetch").content.decode()

    assert "<html" not in body
    assert 'class="hit"' in body


def test_query_in_the_address_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    search.register(lambda user, query, limit: asked.append(query) or [])  # type: ignore[func-returns-value]
    client = client_for(office())

    client.get("/search/", {"q": "张三"})
    assert asked == []
    client.post("/search/", {"q": "   "})
    assert asked == []
    client.post("/search/", {"q": "长" * 500})
    assert asked == ["长" * search.LONGEST]


def test_no_find_says_what_to_try() -> None:
    body = client_for(office()).post("/search/", {"q": "<i>无"}).content.decode()

    assert "没有找到“&lt;i&gt;无”" in body


def test_search_is_not_for_strangers_and_needs_the_token() -> None:
    assert Client().post("/search/", {"q": "x"}).status_code == 302
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(office())
    assert checked.post("/search/", {"q": "x"}).status_code == 403


def test_frame_asks_the_database_little(django_assert_max_num_queries: Any) -> None:
    client = client_for(office())
    client.get("/")
    with django_assert_max_num_queries(4):
        client.get("/")
