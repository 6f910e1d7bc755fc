"""Who may manage whom: people, roles, colleges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from gaobo_banzhuren.accounts import policies, services
from gaobo_banzhuren.accounts.models import College, RoleGrant, User
from gaobo_banzhuren.accounts.roles import COLLEGE_ROLES, Role
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from tests.factories import (
    LONG_AGO,
    CollegeFactory,
    UserFactory,
    audit_entries,
    auditor,
    class_teacher,
    client_for,
    college_admin,
    office,
    person,
    sysadmin,
    today,
    with_role,
)

pytestmark = pytest.mark.django_db
START = dt.date(2024, 9, 1)

MAY_GRANT = {
    Role.SYSADMIN: set(Role),
    Role.OFFICE: {Role.CLASS_TEACHER, Role.COLLEGE_ADMIN, Role.ASSESSOR, Role.COLLEGE_HEAD, Role.OFFICE},
    Role.COLLEGE_ADMIN: {Role.CLASS_TEACHER},
    Role.COLLEGE_HEAD: set(),
    Role.ASSESSOR: set(),
    Role.CLASS_TEACHER: set(),
    Role.HR: set(),
    Role.AUDITOR: set(),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("actor_role", list(Role))
def test_nobody_grants_above_the_own_role(actor_role: Role, role: Role) -> None:
    college = CollegeFactory()
    actor, member = person(actor_role, college), UserFactory(home_college=college)
    where = college if role in COLLEGE_ROLES else None
    if role in MAY_GRANT[actor_role]:
        services.grant_role(actor, member, role, college=where, starts_on=LONG_AGO)
        assert member.access.has(role)
        entry = audit_entries("accounts.grant")[0]
        assert (entry.actor_id, entry.role, entry.after["角色"]) == (actor.pk, actor_role.value, role.label)
    else:
        with pytest.raises(NotAllowed):
            services.grant_role(actor, member, role, college=where, starts_on=LONG_AGO)
        assert (RoleGrant.objects.filter(user=member).count(), audit_entries("accounts.")) == (0, [])


@pytest.mark.parametrize("actor_role", [Role.SYSADMIN, Role.OFFICE, Role.COLLEGE_ADMIN])
def test_nobody_manages_the_own_account(actor_role: Role) -> None:
    actor = person(actor_role, CollegeFactory())
    grant = actor.role_grants.get()
    attempts: list[Callable[[], Any]] = [
        lambda: services.grant_role(actor, actor, Role.CLASS_TEACHER, starts_on=START),
        lambda: services.end_grant(actor, grant, last_day=today()),
        lambda: services.deactivate(actor, actor, reason="x"),
        lambda: services.issue_code(actor, actor),
        lambda: services.update_person(actor, actor, name="别名", home_college=None),
        lambda: services.unlock(actor, actor),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert audit_entries("accounts.") == []


def test_a_college_admin_manages_only_class_teachers_of_the_own_college() -> None:
    admin = college_admin()
    own = class_teacher(admin.home_college)
    assert policies.can_manage(admin, own)
    assert not policies.can_manage(admin, class_teacher())
    assert not policies.can_manage(admin, with_role(class_teacher(admin.home_college), Role.ASSESSOR))
    assert not policies.can_manage(admin, with_role(class_teacher(admin.home_college), Role.HR))


def test_a_role_still_to_come_already_protects_its_person() -> None:
    admin = college_admin()
    future = with_role(UserFactory(home_college=admin.home_college), Role.OFFICE, starts_on=today() + dt.timedelta(9))
    assert not policies.can_manage(admin, future)


def test_a_role_of_the_past_no_longer_does() -> None:
    admin = college_admin()
    past = with_role(UserFactory(home_college=admin.home_college), Role.HR, ends_on=dt.date(2020, 2, 1))
    assert policies.can_manage(admin, past)


def test_a_college_admin_creates_class_teachers_of_the_own_college_only() -> None:
    admin = college_admin()
    made = services.create_person(
        admin, staff_no="2001", name="陈雨桐", home_college=admin.home_college, role=Role.CLASS_TEACHER
    )
    assert made.access.roles == {Role.CLASS_TEACHER}
    for college, role in (
        (CollegeFactory(), Role.CLASS_TEACHER),
        (None, None),
        (admin.home_college, Role.COLLEGE_HEAD),
    ):
        with pytest.raises(NotAllowed):
            services.create_person(admin, staff_no="2002", name="周志远", home_college=college, role=role)
    assert not User.objects.filter(staff_no="2002").exists()


def test_a_college_admin_does_not_move_people_to_another_college() -> None:
    admin = college_admin()
    own = class_teacher(admin.home_college, name="陈雨桐")
    with pytest.raises(NotAllowed):
        services.update_person(admin, own, name="陈雨桐", home_college=CollegeFactory())
    services.update_person(admin, own, name="陈雨彤", home_college=admin.home_college)
    assert (own.name, own.name_pinyin, own.name_initials) == ("陈雨彤", "chenyutong", "cyt")
    entry = audit_entries("accounts.update")[0]
    assert (entry.before["姓名"], entry.after["姓名"], entry.college_id) == ("陈雨桐", "陈雨彤", admin.home_college_id)


@pytest.mark.parametrize("staff_no", ["", "1", "a b", "20 01张", "../etc", "x" * 21, "-01"])
def test_a_malformed_staff_number_is_refused(staff_no: str) -> None:
    if staff_no == "a b":
        assert services.create_person(None, staff_no=staff_no, name="陈雨桐").staff_no == "ab"
        return
    with pytest.raises(UserError, match="工号"):
        services.create_person(None, staff_no=staff_no, name="陈雨桐")


def test_leading_zeros_of_a_staff_number_stay() -> None:
    assert services.create_person(None, staff_no="０００１２３", name="陈雨桐").staff_no == "000123"


def test_a_taken_staff_number_tells_nothing_about_its_owner() -> None:
    class_teacher(name="周志远", staff_no="ab01")
    admin = college_admin()
    with pytest.raises(UserError) as refused:
        services.create_person(admin, staff_no="AB01", name="陈雨桐", home_college=admin.home_college)
    assert refused.value.message == "工号 AB01 已被占用。"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("张\u200b三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Anna  Lee", "Anna Lee"),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert services.create_person(None, staff_no="2001", name=typed).name == kept


def test_an_equal_grant_for_overlapping_days_is_refused() -> None:
    admin, member = sysadmin(), UserFactory()
    services.grant_role(admin, member, Role.HR, starts_on=START, ends_on=dt.date(2024, 12, 31))
    for start, end in ((START, None), (dt.date(2024, 12, 31), None), (LONG_AGO, START)):
        with pytest.raises(UserError, match="已经有同样的角色"):
            services.grant_role(admin, member, Role.HR, starts_on=start, ends_on=end)
    services.grant_role(admin, member, Role.HR, starts_on=dt.date(2025, 1, 1))
    assert member.role_grants.count() == 2


@pytest.mark.parametrize(
    ("role", "with_college", "start", "end"),
    [
        (Role.COLLEGE_ADMIN, False, START, None),
        (Role.OFFICE, True, START, None),
        (Role.HR, False, START, dt.date(2024, 8, 31)),
    ],
)
def test_an_impossible_grant_is_refused(role: Role, with_college: bool, start: dt.date, end: dt.date | None) -> None:
    college = CollegeFactory() if with_college else None
    with pytest.raises(UserError):
        services.grant_role(sysadmin(), UserFactory(), role, college=college, starts_on=start, ends_on=end)


def test_an_ended_role_holds_through_its_last_day() -> None:
    admin, member = sysadmin(), person(Role.HR)
    grant = member.role_grants.get()
    services.end_grant(admin, grant, last_day=today() - dt.timedelta(1), reason="调岗")
    assert not User.objects.get(pk=member.pk).access.has(Role.HR)
    entry = audit_entries("accounts.end_grant")[0]
    assert (entry.before["结束日期"], entry.reason) == ("", "调岗")
    with pytest.raises(StaleError):
        services.end_grant(admin, grant, last_day=today() - dt.timedelta(2))


def test_a_role_that_never_began_is_taken_back() -> None:
    grant = services.grant_role(sysadmin(), UserFactory(), Role.HR, starts_on=today() + dt.timedelta(5))
    services.end_grant(sysadmin(), grant, last_day=today())
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()


def test_an_account_is_switched_off_with_a_reason_and_on_again() -> None:
    admin, member = sysadmin(), class_teacher()
    services.issue_code(admin, member)
    with pytest.raises(UserError, match="理由"):
        services.deactivate(admin, member, reason=" ")
    services.deactivate(admin, member, reason="离职")
    assert member.one_time_codes.filter(withdrawn_at=None).count() == 0
    with pytest.raises(UserError, match="已经停用"):
        services.deactivate(admin, member, reason="再来")
    services.activate(admin, member)
    assert [entry.action for entry in audit_entries("accounts.", member)][-2:] == [
        "accounts.deactivate",
        "accounts.activate",
    ]


def test_colleges_are_made_renamed_and_retired_by_the_office() -> None:
    staff = office()
    college = services.create_college(staff, code="XX", name="信息学院")
    services.rename_college(staff, college, name="信息工程学院")
    services.set_college_active(staff, college, active=False)
    assert (college.name, college.is_active) == ("信息工程学院", False)
    assert [entry.action for entry in audit_entries("accounts.", college)] == [
        "accounts.create_college",
        "accounts.rename_college",
        "accounts.college_state",
    ]
    for code, name in (("XX", "别的学院"), ("YY", "信息工程学院"), ("a b", "别的学院"), ("YY", "")):
        with pytest.raises(UserError):
            services.create_college(staff, code=code, name=name)
    with pytest.raises(NotAllowed):
        services.create_college(college_admin(), code="ZZ", name="别的学院")


# Pages

PERSON_PAGES = ["person", "person_edit", "grant", "issue_code", "deactivate", "activate", "unlock"]


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_a_person_of_another_college_looks_like_a_missing_one(name: str) -> None:
    client, foreign = client_for(college_admin()), class_teacher()
    for method in (client.get, client.post):
        answers = [method(reverse(f"accounts:{name}", args=[pk])) for pk in (foreign.pk, 999_999)]
        expected = 405 if (name, method) == ("person", client.post) else 404
        assert [answer.status_code for answer in answers] == [expected, expected]
        assert answers[0].content == answers[1].content


def test_a_grant_of_another_college_looks_like_a_missing_one() -> None:
    client, foreign = client_for(college_admin()), class_teacher().role_grants.get()
    answers = [client.get(reverse("accounts:grant_end", args=[pk])) for pk in (foreign.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("name", ["people", "person_create", "issue_codes", "colleges", "college_create", "attempts"])
@pytest.mark.parametrize("role", list(Role))
def test_each_page_is_open_to_its_roles_and_missing_for_others(role: Role, name: str) -> None:
    managers = {Role.SYSADMIN, Role.OFFICE, Role.COLLEGE_ADMIN}
    open_to = {
        "people": managers | {Role.AUDITOR},
        "person_create": managers,
        "issue_codes": managers,
        "colleges": {Role.SYSADMIN, Role.OFFICE},
        "college_create": {Role.SYSADMIN, Role.OFFICE},
        "attempts": {Role.SYSADMIN, Role.OFFICE, Role.AUDITOR},
    }[name]
    answer = client_for(person(role, CollegeFactory())).get(reverse(f"accounts:{name}"))
    assert answer.status_code == (200 if role in open_to else 404)


def test_every_person_page_of_ones_own_scope_opens() -> None:
    admin = college_admin()
    own = class_teacher(admin.home_college)
    services.issue_code(admin, own)
    client = client_for(admin)
    for name in PERSON_PAGES:
        assert client.get(reverse(f"accounts:{name}", args=[own.pk])).status_code == 200
    assert client.get(reverse("accounts:grant_end", args=[own.role_grants.get().pk])).status_code == 200
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_a_person_beyond_ones_power_is_shown_with_the_reason_and_without_buttons() -> None:
    admin = college_admin()
    head = with_role(UserFactory(home_college=admin.home_college), Role.COLLEGE_HEAD)
    client = client_for(admin)
    text = client.get(reverse("accounts:person", args=[head.pk])).content.decode()
    assert "您不能授予或管理「学院负责人」角色" in text
    for name in ("issue_code", "deactivate", "person_edit"):
        assert reverse(f"accounts:{name}", args=[head.pk]) not in text
    for name in ("issue_code", "deactivate", "unlock"):
        assert client.post(reverse(f"accounts:{name}", args=[head.pk]), {"reason": "x"}).status_code == 403
    client.post(reverse("accounts:person_edit", args=[head.pk]), {"name": "别名"})
    client.post(reverse("accounts:grant", args=[head.pk]), {"role": "class_teacher", "starts_on": "2024-09-01"})
    assert [entry.action for entry in audit_entries("accounts.")] == []


def test_an_auditor_reads_and_changes_nothing() -> None:
    client, member = client_for(auditor()), class_teacher()
    assert client.get(reverse("accounts:person", args=[member.pk])).status_code == 200
    for name in PERSON_PAGES[1:]:
        assert client.post(reverse(f"accounts:{name}", args=[member.pk]), {"reason": "x"}).status_code == 404


def test_a_new_account_is_made_on_the_page_with_its_code() -> None:
    admin = college_admin()
    data = {
        "staff_no": "2001", "name": "陈雨桐", "home_college": str(admin.home_college_id), "role": "class_teacher",
        "issue_code": "on",
    }  # fmt: skip
    answer = client_for(admin).post(reverse("accounts:person_create"), data)
    made = User.objects.get(staff_no="2001")
    assert [one.user for one in answer.context["issued"]] == [made]
    assert made.access.roles == {Role.CLASS_TEACHER}


def test_posted_extra_fields_give_no_rights() -> None:
    """A9, A10: role, is_superuser, groups, college and state come only from the routes that own them."""
    admin, other = college_admin(), CollegeFactory()
    own = class_teacher(admin.home_college, name="陈雨桐")
    own_client = client_for(own)
    before = User.objects.filter(pk=own.pk).values().get()
    extra = {
        "role": "sysadmin", "is_superuser": "on", "is_staff": "on", "groups": "1", "college": str(other.pk),
        "is_active": "", "must_change_password": "on", "staff_no": "9999", "password": "x", "session_version": "7",
    }  # fmt: skip
    client = client_for(admin)
    posted = extra | {"name": "陈雨桐", "home_college": str(admin.home_college_id)}
    client.post(reverse("accounts:person_edit", args=[own.pk]), posted)
    own_client.post(reverse("accounts:profile"), extra)
    own_client.post(reverse("accounts:password"), extra)
    assert User.objects.filter(pk=own.pk).values().get() == before
    assert RoleGrant.objects.filter(user=own).count() == 1
    for value in ("sysadmin", "office", "college_admin", "auditor"):
        answer = client.post(reverse("accounts:grant", args=[own.pk]), {"role": value, "starts_on": "2024-09-01"})
        assert answer.status_code == 200
    create = posted | {"staff_no": "2002", "name": "周志远", "home_college": str(other.pk), "role": "class_teacher"}
    assert client.post(reverse("accounts:person_create"), create).status_code == 200
    create |= {"home_college": str(admin.home_college_id), "role": "office"}
    assert client.post(reverse("accounts:person_create"), create).status_code == 200
    assert RoleGrant.objects.filter(user=own).count() == 1
    assert not User.objects.filter(staff_no="2002").exists()


def test_roles_are_granted_and_ended_on_the_pages() -> None:
    admin, member = sysadmin(), UserFactory()
    client = client_for(admin)
    client.post(reverse("accounts:grant", args=[member.pk]), {"role": "hr", "starts_on": "2024-09-01"})
    grant = member.role_grants.get()
    assert (grant.role, grant.granted_by) == ("hr", admin)
    client.post(reverse("accounts:grant_end", args=[grant.pk]), {"last_day": "2024-12-31", "reason": "调岗"})
    grant.refresh_from_db()
    assert grant.ends_on == dt.date(2024, 12, 31)


def test_switching_off_on_and_unlocking_on_the_pages() -> None:
    client, member = client_for(sysadmin()), class_teacher()
    client.post(reverse("accounts:deactivate", args=[member.pk]), {"reason": "离职"})
    assert not User.objects.get(pk=member.pk).is_active
    client.post(reverse("accounts:activate", args=[member.pk]), {"reason": ""})
    client.post(reverse("accounts:unlock", args=[member.pk]))
    assert [entry.action for entry in audit_entries("accounts.", member)] == [
        "accounts.deactivate",
        "accounts.activate",
        "accounts.unlock",
    ]


def test_colleges_are_managed_on_the_pages() -> None:
    client = client_for(office())
    client.post(reverse("accounts:college_create"), {"code": "XX", "name": "信息学院"})
    college = College.objects.get(code="XX")
    client.post(reverse("accounts:college", args=[college.pk]), {"name": "信息工程学院"})
    college.refresh_from_db()
    assert (college.name, college.is_active) == ("信息工程学院", False)
    assert client.get(reverse("accounts:colleges")).status_code == 200


# Lists


def listed(user: User, **query: str) -> set[str]:
    page = client_for(user).get(reverse("accounts:people"), query)
    return {one.name for one in page.context["object_list"]}


def test_people_are_found_by_name_pinyin_initials_number_role_college_and_state() -> None:
    college = CollegeFactory()
    class_teacher(college, name="单雨桐", staff_no="2001", last_login=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    person(Role.HR, name="周志远", staff_no="3001", is_active=False)
    reader = sysadmin(name="苏晓棠", staff_no="9001")
    for query in ({"q": "雨桐"}, {"q": "shany"}, {"q": "syt"}, {"q": "200"}, {"college": str(college.pk)}):
        assert listed(reader, **query) == {"单雨桐"}, query
    assert listed(reader, role="class_teacher") == {"单雨桐"}
    assert listed(reader, state="inactive") == {"周志远"}
    assert listed(reader, state="never") == {"周志远", "苏晓棠"} - ({"苏晓棠"} if reader.last_login else set())
    assert listed(reader, state="code") == set()


def test_a_college_admin_lists_only_the_own_people() -> None:
    admin = college_admin(name="林若水")
    class_teacher(admin.home_college, name="陈雨桐")
    foreign = class_teacher(name="周志远")
    assert listed(admin) == {"林若水", "陈雨桐"}
    assert listed(admin, q="周志远") == set()
    assert listed(admin, college=str(foreign.home_college_id)) == set()


@pytest.mark.parametrize(
    "query", [{"password__startswith": "md5"}, {"order": "password"}, {"role_grants__role": "x"}, {"page": "x"}]
)
def test_other_look_ups_are_ignored(query: dict[str, str]) -> None:
    admin = college_admin()
    assert listed(admin, **query) == {admin.name}


@pytest.mark.parametrize("name", ["people", "issue_codes", "colleges", "attempts"])
def test_lists_cost_the_same_queries_for_more_rows(
    name: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = client_for(sysadmin())
    class_teacher()
    with django_assert_max_num_queries(40) as few:
        client.get(reverse(f"accounts:{name}"))
    for _ in range(8):
        class_teacher()
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(f"accounts:{name}"))


# Maintenance pages

MODELS = ["college", "user", "rolegrant", "onetimecode", "signinattempt", "signingate"]


@pytest.mark.parametrize("model", MODELS)
def test_maintenance_pages_show_every_model_without_secrets(model: str) -> None:
    admin, member = sysadmin(), class_teacher(staff_no="2001")
    services.issue_code(admin, member)
    client_for(None).post(reverse("accounts:login"), {"username": "2001", "password": "wrong"})
    client = client_for(admin)
    page = client.get(reverse(f"admin:accounts_{model}_changelist"))
    assert page.status_code == 200
    row = page.context["cl"].result_list[0]
    detail = client.get(reverse(f"admin:accounts_{model}_change", args=[row.pk]))
    assert detail.status_code == 200
    text = page.content.decode() + detail.content.decode()
    for secret in (member.password, admin.password, member.one_time_codes.get().digest):
        assert secret not in text
    assert client.post(reverse(f"admin:accounts_{model}_delete", args=[row.pk])).status_code == 403


def test_maintenance_pages_call_the_services() -> None:
    admin, member = sysadmin(), class_teacher(name="陈雨桐")
    client = client_for(admin)
    data = {"name": "陈雨彤", "home_college": str(member.home_college_id), "password": "x", "is_active": ""}
    data |= {f"role_grants-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert client.post(reverse("admin:accounts_user_change", args=[member.pk]), data).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.is_active, member.name_initials) == ("陈雨彤", True, "cyt")
    assert [entry.actor_id for entry in audit_entries("accounts.update")] == [admin.pk]
    college = member.home_college
    assert college is not None
    client.post(reverse("admin:accounts_college_change", args=[college.pk]), {"name": "新学院", "is_active": "on"})
    assert audit_entries("accounts.rename_college", college)[0].after == {"名称": "新学院"}
