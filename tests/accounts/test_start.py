"""What the start page and the search say about accounts."""

from __future__ import annotations

import datetime as dt

import pytest

from gaobo_banzhuren.accounts.services import issue_code
from gaobo_banzhuren.accounts.start import accounts_panel, find_accounts
from tests.factories import auditor, class_teacher, college_admin, sysadmin

from .conftest import SignIn

pytestmark = pytest.mark.django_db
SEEN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def test_the_panel_counts_who_never_came_in_within_scope(sign_in: SignIn) -> None:
    admin = college_admin(last_login=SEEN)
    class_teacher(admin.home_college)
    class_teacher(admin.home_college, last_login=SEEN)
    invited = class_teacher(admin.home_college)
    class_teacher()
    issue_code(None, invited)
    assert [(item.label, item.number) for item in accounts_panel(admin).items] == [
        ("从未登录、也没有有效登录码", 1),
        ("已发登录码、还没有登录", 1),
    ]
    for _ in range(7):
        sign_in("2001", "wrong")
    assert accounts_panel(sysadmin(last_login=SEEN)).items[-1].number == 2


def test_nothing_to_do_is_said_as_well() -> None:
    panel = accounts_panel(college_admin(last_login=SEEN))
    assert (panel.items, panel.action) == ([], None)


@pytest.mark.parametrize("query", ["雨桐", "单", "shanyu", "syt", "SYT", "200", "单 雨桐"])
def test_accounts_are_found_from_anywhere_by_who_manages_them(query: str) -> None:
    admin = college_admin(name="林若水", staff_no="9001")
    class_teacher(admin.home_college, name="单雨桐", staff_no="2001")
    class_teacher(name="单雨桐", staff_no="2002")
    assert [hit.note.split()[0] for hit in find_accounts(admin, query, 8)] == ["2001"]
    assert find_accounts(auditor(), query, 8) == []
