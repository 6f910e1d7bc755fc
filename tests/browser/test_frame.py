"""The frame in a real browser: themes, menu, search, drafts, forms sent once, accessibility at both widths."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web import home, search
from gaobo_banzhuren.web.home import Action, Panel, PanelItem
from gaobo_banzhuren.web.search import Hit
from tests.factories import CollegeFactory, UserFactory, client_for, with_role

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "今天与张同学谈了四十分钟，家里的情况已经了解。"


@pytest.fixture(autouse=True)
def _pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    settings.ROOT_URLCONF = "tests.web.pages"
    folder = Path(__file__).parents[1] / "web" / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}]
    monkeypatch.setattr(home, "_panels", [])
    monkeypatch.setattr(search, "_sources", [])
    monkeypatch.setattr(search, "_aside", [])
    home.register_panel(tuple(Role), 1, panel)
    search.register(found)


def panel(user: User) -> Panel:
    items = [
        PanelItem("2 个班级空缺班主任", 2, "/", "danger", "最长已 5 天"),
        PanelItem("聘任未备案", 7, "/", "warning"),
    ]
    return Panel("待办", items, action=Action("处理空缺", "/"), hat="继续教育学院")


def found(user: User, query: str, limit: int) -> list[Hit]:
    pages = [("软件2301", "/t/colleges/"), ("软件2302", "/t/colleges/new/")]
    return [Hit("班级", label, url, "信息工程学院", "people") for label, url in pages if query.startswith("rj")]


@pytest.fixture
def person() -> User:
    for number in range(30):
        CollegeFactory(code=f"A{number:02d}", name=f"第{number:02d}学院", is_active=number % 3 > 0)
    return with_role(with_role(UserFactory(name="陈雨桐"), Role.OFFICE), Role.CLASS_TEACHER)


@pytest.fixture
def sign_in(live_server: Any, person: User) -> Callable[[Page], str]:
    def into(page: Page) -> str:
        cookie = client_for(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return str(live_server.url)

    return into


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit(
    new_page: Callable[..., Page], sign_in: Callable[[Page], str], axe: Any, shot: Any, width: int, theme: str
) -> None:
    page = new_page(width=width, color_scheme=theme)
    base = sign_in(page)
    college = College.objects.get(code="A01")
    addresses = {
        "home": "/",
        "list": "/t/colleges/?page=2",
        "detail": f"/t/colleges/{college.pk}/",
        "form": "/t/colleges/new/",
        "confirm": f"/t/colleges/{college.pk}/close/",
        "search": "/search/",
        "refused": "/t/raise/denied/",
        "missing": "/nowhere/",
    }
    for name, address in addresses.items():
        page.goto(base + address)
        axe(page)
        shot(page, f"web-{name}-{width}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def test_theme_is_chosen_and_kept(page: Page, sign_in: Callable[[Page], str]) -> None:
    base = sign_in(page)
    page.goto(base)
    page.get_by_role("button", name="明暗外观").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(base + "/search/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_skip_link_leads_to_the_content(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_search_by_keyboard(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page))
    page.keyboard.press("Control+k")
    page.keyboard.type("rj")
    expect(page.locator(".hit")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/t/colleges/new/$"))


def test_open_search_is_accessible_and_closes(page: Page, sign_in: Callable[[Page], str], axe: Any) -> None:
    page.goto(sign_in(page))
    page.get_by_role("button", name="搜索班级、人员").click()
    page.keyboard.type("rj")
    expect(page.locator(".hit")).to_have_count(2)
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#search-dialog")).to_be_hidden()


def test_back_button_after_signing_out_shows_nothing(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page) + "/t/colleges/")
    expect(page.get_by_role("link", name="第01学院")).to_be_visible()
    page.locator(".account-button").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.go_back()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.get_by_role("link", name="第01学院")).to_have_count(0)


def test_signing_out_leaves_no_drafts(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page) + "/t/colleges/new/")
    page.get_by_label("说明").press_sequentially(LONG)
    expect(page.locator(".draft-saved")).to_contain_text("草稿已保存在本机")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('gaobo-draft')).length") == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".account-button").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('gaobo-draft')).length") == 0


def test_search_without_scripts(new_page: Callable[..., Page], sign_in: Callable[[Page], str]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(sign_in(page) + "/search/")
    page.get_by_label("姓名、拼音").fill("rj")
    page.get_by_role("button", name="搜索", exact=True).click()
    expect(page.locator("main .hit")).to_have_count(2)
    expect(page).to_have_url(re.compile("/search/$"))


def test_places_and_sign_out_are_reachable_without_scripts(
    new_page: Callable[..., Page], sign_in: Callable[[Page], str], shot: Any
) -> None:
    page = new_page(width=360, java_script_enabled=False)
    page.goto(sign_in(page))
    shot(page, "web-noscript-360")
    expect(page.locator("#sidebar").get_by_role("link", name="首页")).to_be_visible()
    page.locator(".account-button").focus()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_phone_menu_has_the_places(phone: Page, sign_in: Callable[[Page], str], axe: Any, shot: Any) -> None:
    phone.goto(sign_in(phone))
    phone.get_by_role("button", name="更多").click()
    expect(phone.locator("#sidebar").get_by_role("link", name="首页")).to_be_visible()
    expect(phone.locator("#sidebar")).not_to_have_class(re.compile("showing"))
    axe(phone)
    shot(phone, "web-menu-360")


def test_phone_targets_are_large_enough(phone: Page, sign_in: Callable[[Page], str]) -> None:
    phone.goto(sign_in(phone) + "/t/colleges/")
    small = phone.evaluate(
        """[...document.querySelectorAll('button, .btn, .bottom-bar a, .pager a, select, .icon-button')]
           .filter(e => e.getClientRects().length)
           .map(e => [e.className, Math.round(e.getBoundingClientRect().height)]).filter(([, h]) => h < 44)"""
    )
    assert small == []


def test_draft_survives_a_lost_session(page: Page, sign_in: Callable[[Page], str]) -> None:
    address = sign_in(page) + "/t/colleges/new/"
    page.goto(address)
    page.get_by_label("学院代码").fill("N1")
    page.get_by_label("学院名称").fill("新学院")
    page.get_by_label("说明").fill(LONG)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="新增").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))

    sign_in(page)
    page.goto(address)
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_label("说明")).to_have_value(LONG)

    page.get_by_label("学院代码").fill("N1")
    page.get_by_label("学院名称").fill("新学院")
    page.get_by_role("button", name="新增").click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.goto(address)
    expect(page.locator(".draft-notice")).to_have_count(0)


def test_double_click_sends_once(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page) + "/t/colleges/new/")
    page.get_by_label("学院代码").fill("N2")
    page.get_by_label("学院名称").fill("双击学院")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="新增").dblclick()
    expect(page.locator(".notice-success")).to_be_visible()
    assert len(posts) == 1


def test_leaving_with_unsaved_changes_asks(page: Page, sign_in: Callable[[Page], str]) -> None:
    base = sign_in(page)
    page.goto(base + "/t/colleges/new/")
    page.get_by_label("说明").press_sequentially("未保存")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="取消").click()
    expect(page).to_have_url(re.compile("/t/colleges/$"))
    assert asked == ["beforeunload"]


def test_filter_applies_at_once_and_the_address_stays_short(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page) + "/t/colleges/")
    page.locator("select[name=is_active]").click()
    page.locator("select[name=is_active]").select_option("False")
    expect(page).to_have_url(re.compile(r"\?is_active=False&order=code$"))
    expect(page.locator(".pager-count")).to_contain_text("10")


def test_arrows_walk_the_rows(page: Page, sign_in: Callable[[Page], str]) -> None:
    page.goto(sign_in(page) + "/t/colleges/")
    page.locator("tbody a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="第01学院")).to_be_focused()
