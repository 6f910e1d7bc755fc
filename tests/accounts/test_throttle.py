"""How many tries the sign-in page evaluates, and who still gets in."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client

from gaobo_banzhuren.accounts import throttle
from gaobo_banzhuren.accounts.models import SignInAttempt
from gaobo_banzhuren.accounts.services import unlock
from gaobo_banzhuren.accounts.services.sign_in import masked
from tests.factories import PASSWORD, UserFactory, audit_entries, sysadmin

from .conftest import SignIn

T0 = dt.datetime(2024, 3, 18, 8, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
Outcome = SignInAttempt.Outcome


def at(*minutes: float) -> list[dt.datetime]:
    return [T0 + minute * MINUTE for minute in minutes]


def test_four_failures_lock_nothing() -> None:
    assert throttle.locked_until(at(0, 1, 2, 3)) is None


def test_five_failures_within_a_quarter_lock_for_a_quarter() -> None:
    assert throttle.locked_until(at(0, 1, 2, 3, 14)) == T0 + 29 * MINUTE


def test_five_failures_spread_wider_lock_nothing() -> None:
    assert throttle.locked_until(at(0, 4, 8, 12, 15)) is None


def test_each_lock_is_twice_as_long_up_to_a_day() -> None:
    failures: list[dt.datetime] = []
    now, lengths = T0, []
    for _ in range(9):
        failures += [now] * 5
        until = throttle.locked_until(failures)
        assert until is not None
        lengths.append((until - now) // MINUTE)
        now = until
    assert lengths == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_a_quiet_day_begins_again_with_the_shortest_lock() -> None:
    first = at(0, 0, 0, 0, 0)
    later = [T0 + dt.timedelta(hours=24, minutes=16)] * 5
    assert throttle.locked_until(first + later) == later[0] + 15 * MINUTE


pytestmark = pytest.mark.django_db


def evaluated() -> int:
    return SignInAttempt.objects.exclude(outcome=Outcome.REFUSED).count()


def test_sixty_wrong_tries_are_not_evaluated_and_the_right_password_is_refused(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    with time_machine.travel(T0, tick=False):
        answers = [sign_in("2001", f"wrong {number}").status_code for number in range(60)]
        assert evaluated() == 5
        assert answers == [200] * 5 + [429] * 55
        assert sign_in("2001", PASSWORD).status_code == 429
    with time_machine.travel(T0 + 15 * MINUTE, tick=False):
        assert sign_in("2001", PASSWORD).status_code == 302


def test_who_is_shut_out_is_told_how_long(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    with time_machine.travel(T0, tick=False):
        for _ in range(5):
            assert "Retry-After" not in sign_in("2001", "wrong")
    with time_machine.travel(T0 + 4 * MINUTE, tick=False):
        known = sign_in("2001", PASSWORD)
    assert (known.status_code, known["Retry-After"]) == (429, "660")
    assert "请过 11 分钟再试" in known.content.decode()


def test_an_account_nobody_has_is_told_the_same(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    told = []
    with time_machine.travel(T0, tick=False):
        for number, account in enumerate(("2001", "4999")):
            for _ in range(5):
                sign_in(account, "wrong", address=f"10.0.0.{number}")
            answer = sign_in(account, PASSWORD, address=f"10.0.0.{number}")
            told.append((answer.status_code, answer["Retry-After"], "请过 15 分钟再试" in answer.content.decode()))
    assert told == [(429, "900", True)] * 2


def test_an_address_that_is_full_is_told_when_it_has_room(sign_in: SignIn) -> None:
    for number in range(30):
        with time_machine.travel(T0 + number * MINUTE, tick=False):
            sign_in(f"3{number:03d}", "Password2024")
    with time_machine.travel(T0 + 45 * MINUTE, tick=False):
        answer = sign_in("3999", "Password2024")
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")


def test_an_account_tried_from_everywhere_waits_for_hours(sign_in: SignIn) -> None:
    with time_machine.travel(T0, tick=False):
        for number in range(50):
            sign_in("2001", "wrong", address=f"10.1.{number}.1")
        answer = sign_in("2001", "wrong", address="10.2.0.1")
    assert (answer.status_code, answer["Retry-After"]) == (429, "86400")
    assert "请过 24 小时再试" in answer.content.decode()


def test_a_forged_forwarding_header_changes_nothing(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    for number in range(20):
        sign_in("2001", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.9.{number}", HTTP_X_REAL_IP=f"10.8.8.{number}")
    assert evaluated() == 5


def test_behind_our_own_proxy_the_address_it_saw_counts(sign_in: SignIn, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    UserFactory(staff_no="2001", password=PASSWORD)
    for number in range(20):
        sign_in("2001", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 192.0.2.5", address="127.0.0.1")
    assert evaluated() == 5
    assert set(SignInAttempt.objects.values_list("address", flat=True)) == {"192.0.2.5"}


def test_one_password_tried_on_many_accounts_stops_at_thirty_an_hour(sign_in: SignIn) -> None:
    with time_machine.travel(T0, tick=False):
        for number in range(35):
            sign_in(f"3{number:03d}", "Password2024")
        assert evaluated() == 30
    with time_machine.travel(T0 + 60 * MINUTE, tick=False):
        sign_in("3999", "Password2024")
        assert evaluated() == 31


def test_an_account_attacked_from_everywhere_stops_at_fifty_a_day(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    for number in range(55):
        sign_in("2001", "wrong", address=f"10.1.{number}.1")
    assert evaluated() == 50


def test_an_attacker_elsewhere_does_not_lock_the_owner_out(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    for _ in range(10):
        sign_in("2001", "wrong", address="203.0.113.9")
    assert sign_in("2001", PASSWORD, address="10.0.0.1").status_code == 302


def test_a_known_device_gets_in_while_its_address_and_account_are_shut(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    own = Client()
    assert sign_in("2001", PASSWORD, client=own).status_code == 302
    own.cookies.pop("sessionid")
    for number in range(52):
        sign_in("2001", "wrong", address=f"10.1.{number}.1")
    for _ in range(10):
        sign_in("2001", "wrong")
    assert sign_in("2001", PASSWORD).status_code == 429
    assert sign_in("2001", PASSWORD, client=own).status_code == 302


def test_a_known_device_has_five_tries_as_well(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    own = Client()
    sign_in("2001", PASSWORD, client=own)
    own.cookies.pop("sessionid")
    answers = [sign_in("2001", "wrong", client=own, address=f"10.1.{number}.1").status_code for number in range(7)]
    assert answers == [200] * 5 + [429] * 2


def test_the_device_of_somebody_else_or_a_forged_one_is_unknown(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    UserFactory(staff_no="2002", password=PASSWORD)
    other, forged = Client(), Client()
    sign_in("2002", PASSWORD, client=other)
    other.cookies.pop("sessionid")
    forged.cookies["device"] = other.cookies["device"].value[:-3] + "abc"
    for _ in range(5):
        sign_in("2001", "wrong")
    assert [sign_in("2001", PASSWORD, client=client).status_code for client in (other, forged)] == [429, 429]


def test_success_begins_the_count_anew(sign_in: SignIn) -> None:
    UserFactory(staff_no="2001", password=PASSWORD)
    for _ in range(3):
        for _ in range(4):
            assert sign_in("2001", "wrong").status_code == 200
        assert sign_in("2001", PASSWORD).status_code == 302


def test_an_administrator_unlocks_and_it_is_recorded(sign_in: SignIn) -> None:
    user, admin = UserFactory(staff_no="2001", password=PASSWORD), sysadmin()
    for _ in range(6):
        sign_in("2001", "wrong")
    assert throttle.is_locked(user)
    assert unlock(admin, user) == 5
    assert not throttle.is_locked(user)
    assert sign_in("2001", PASSWORD).status_code == 302
    entry = audit_entries("accounts.unlock")[0]
    assert (entry.actor_name, entry.object_id, entry.after) == (admin.name, str(user.pk), {"清除的失败次数": 5})


def test_every_try_leaves_a_trace_with_account_address_and_time(sign_in: SignIn) -> None:
    user = UserFactory(staff_no="2001", password=PASSWORD)
    for _ in range(7):
        sign_in("2001", "wrong", address="10.0.0.4")
    sign_in("nobody", "wrong", address="10.0.0.5")
    sign_in("2001", PASSWORD, address="10.0.0.6")
    rows = list(SignInAttempt.objects.order_by("pk").values_list("account", "user", "address", "outcome"))
    assert rows == (
        [("2001", user.pk, "10.0.0.4", "failed")] * 5
        + [("2001", user.pk, "10.0.0.4", "refused")] * 2
        + [(masked("nobody"), None, "10.0.0.5", "failed"), ("2001", user.pk, "10.0.0.6", "success")]
    )
    locked = audit_entries("accounts.sign_in_locked")
    assert [(entry.object_text, entry.address) for entry in locked] == [(str(user), "10.0.0.4")]
    came_in = [entry.actor_id for entry in audit_entries("accounts.sign_in") if entry.action == "accounts.sign_in"]
    assert came_in == [user.pk]


def test_a_password_typed_into_the_wrong_field_is_not_written_down(sign_in: SignIn, caplog) -> None:
    UserFactory(staff_no="2001", password="larkspur-meander")
    sign_in("larkspur-meander", "2001")
    kept = str(list(SignInAttempt.objects.values())) + caplog.text + str([entry.after for entry in audit_entries()])
    assert "larkspur" not in kept
    assert "la…" in kept


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_counted_one_by_one() -> None:
    reserved = []

    def attempt() -> None:
        try:
            reserved.append(throttle.reserve("2001", "10.0.0.1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(reserved), sum(one is not None for one in reserved)) == (24, 5)
