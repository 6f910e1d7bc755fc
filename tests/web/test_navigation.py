"""Each person sees the own places, grouped by hat."""

import pytest

from gaobo_banzhuren.accounts.roles import Access, Role
from gaobo_banzhuren.web import navigation
from gaobo_banzhuren.web.navigation import Entry, Link, Section, bottom_bar, sections_for
from tests.factories import UserFactory, class_teacher, client_for, with_role

PLACES = (
    Entry("", "首页", "house", "web:home", tuple(Role), "首页"),
    Entry("班主任", "我的班级", "people", "web:search", (Role.CLASS_TEACHER,), "班级"),
    Entry("二级学院", "班级", "people", "web:search", (Role.COLLEGE_ADMIN,), "班级"),
    Entry("二级学院", "还没有", "people", "nowhere:yet", (Role.COLLEGE_ADMIN,), "无"),
    Entry("审计", "记录", "people", "web:readyz", (Role.AUDITOR,)),
)


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "NAVIGATION", PLACES)


def shown(*roles: Role) -> dict[str, list[str]]:
    sections = sections_for(Access(1, dict.fromkeys(roles, frozenset())), "/")
    return {section.label: [link.label for link in section.links] for section in sections}


def test_each_role_sees_its_own() -> None:
    assert shown(Role.CLASS_TEACHER) == {"": ["首页"], "班主任": ["我的班级"]}
    assert shown(Role.AUDITOR) == {"": ["首页"], "审计": ["记录"]}
    assert shown() == {}


def test_several_hats_are_grouped_and_what_is_not_built_is_left_out() -> None:
    assert shown(Role.CLASS_TEACHER, Role.COLLEGE_ADMIN) == {"": ["首页"], "班主任": ["我的班级"], "二级学院": ["班级"]}


def test_the_present_place_is_marked_also_below_it() -> None:
    sections = sections_for(Access(1, {Role.CLASS_TEACHER: frozenset()}), "/search/12/")

    assert [link.label for section in sections for link in section.links if link.active] == ["我的班级"]


def test_place_shared_by_two_hats_is_marked_once() -> None:
    roles = dict.fromkeys((Role.CLASS_TEACHER, Role.COLLEGE_ADMIN), frozenset[int]())
    sections = sections_for(Access(1, roles), "/search/")

    assert [link.label for section in sections for link in section.links if link.active] == ["我的班级"]


def test_bottom_bar_takes_turns_between_the_hats() -> None:
    def section(label: str, *names: str) -> Section:
        return Section(label, tuple(Link(name, name, "house", f"/{name}/", False) for name in names))

    sections = (section("", "首页"), section("甲", "a", "b", "c"), section("乙", "d", "e"), section("系统", "账号"))
    assert [link.short for link in bottom_bar(sections)] == ["首页", "a", "d", "b"]
    assert [link.short for link in bottom_bar((sections[0], sections[3]))] == ["首页", "账号"]


def test_bottom_bar_has_each_address_once() -> None:
    roles = dict.fromkeys((Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.AUDITOR), frozenset[int]())

    assert [link.short for link in bottom_bar(sections_for(Access(1, roles), "/"))] == ["首页", "班级"]


@pytest.mark.django_db
def test_page_shows_the_places_of_the_person() -> None:
    body = client_for(class_teacher()).get("/").content.decode()

    assert "我的班级" in body
    assert 'aria-current="page"' in body


@pytest.mark.django_db
def test_person_without_a_role_is_told_whom_to_ask() -> None:
    body = client_for(UserFactory()).get("/").content.decode()

    assert "还没有分配身份" in body


@pytest.mark.django_db
@pytest.mark.usefixtures("test_pages")
def test_page_names_the_hat_only_for_who_wears_several() -> None:
    one = with_role(UserFactory(), Role.OFFICE)
    assert 'class="hat"' not in client_for(one).get("/t/colleges/new/").content.decode()

    two = with_role(with_role(UserFactory(), Role.OFFICE), Role.CLASS_TEACHER)
    assert 'class="hat"' in client_for(two).get("/t/colleges/new/").content.decode()
