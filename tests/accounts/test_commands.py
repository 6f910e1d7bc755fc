"""The command line's ways in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gaobo_banzhuren.accounts.models import SignInAttempt, User
from gaobo_banzhuren.accounts.roles import Role
from tests.factories import UserFactory, audit_entries

from .conftest import SignIn

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}")


def test_a_fresh_installation_has_no_accounts() -> None:
    assert User.objects.count() == 0


def test_the_first_administrator_comes_in_with_the_printed_code(sign_in: SignIn, capsys) -> None:
    call_command("create_admin", "A001", "苏晓棠")
    code = CODE.findall(capsys.readouterr().out)[0]
    assert User.objects.get().access.roles == {Role.SYSADMIN}
    assert sign_in("A001", code).status_code == 302
    assert code not in str([entry.after for entry in audit_entries()])


def test_an_administrator_is_not_made_twice() -> None:
    UserFactory(staff_no="A001")
    with pytest.raises(CommandError, match=r"工号 A001 已被占用。"):
        call_command("create_admin", "A001", "苏晓棠")
    assert User.objects.count() == 1


def test_a_code_from_the_command_line_opens(sign_in: SignIn, capsys) -> None:
    UserFactory(staff_no="2001")
    call_command("issue_code", "2001")
    assert sign_in("2001", CODE.findall(capsys.readouterr().out)[0]).status_code == 302


@pytest.mark.parametrize(("staff_no", "active", "text"), [("2999", True, "没有工号"), ("2001", False, "已停用")])
def test_no_code_for_nobody(staff_no: str, active: bool, text: str) -> None:
    UserFactory(staff_no="2001", is_active=active)
    with pytest.raises(CommandError, match=text):
        call_command("issue_code", staff_no)


def test_old_sign_in_tries_are_cleared_away_after_half_a_year(capsys) -> None:
    now = timezone.now()
    for days in (1, 179, 181, 400):
        SignInAttempt.objects.create(account="2001", at=now - dt.timedelta(days=days))
    call_command("purge_sign_ins", "--dry-run")
    assert "2 条" in capsys.readouterr().out
    assert SignInAttempt.objects.count() == 4
    call_command("purge_sign_ins")
    assert SignInAttempt.objects.count() == 2
    assert audit_entries("accounts.purge_sign_ins")[0].after == {"清除条数": 2, "保留天数": 180}
    with pytest.raises(CommandError, match="180"):
        call_command("purge_sign_ins", "--days", "90")
