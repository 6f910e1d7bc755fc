"""What a person may write, and that nothing else can be slipped in: foreign ids, mixed bundles of ids, extra fields."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.models import RoleGrant, User
from gaobo_banzhuren.audit.models import AuditEntry
from teachers.forms.appointments import ChosenRows
from tests.factories import UserFactory

from .filling import filled, is_multiple, offered
from .sweep import changed, digest, table_pairs, text_of, undone
from .world import B, Thing, World

WRITERS = ("class_teacher", "college_admin", "office", "hr", "sysadmin")
NOT_FACTS = ("sessions.Session", "web.SentForm", "auth.Permission", "contenttypes.ContentType")
VOLATILE = (
    "mac",
    "previous_mac",
    "digest",
    "sha256",
    "public_id",
    "content",
    "request_id",
    "password",
    "changes",
    "after",
)


def signed_in(world: World, who: str) -> Client:
    user = world.people[who]
    assert user is not None
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def mine(world: World, who: str, kind: str, scope: str) -> Thing | None:
    """The first thing of a kind that the identity may write."""
    user = world.people[who]
    assert user is not None
    for thing in world.things.get(kind, [Thing("none", {})] if kind == "none" else []):
        own = scope == "own" and thing.owner == user.pk
        if kind == "none" or scope == "all" or own or (scope == "college" and thing.college == world.a.pk):
            return thing
        if scope == "handed" and thing.handed:
            return thing
    return None


def form_pages(world: World, who: str) -> Iterator[tuple[str, str, forms.Form]]:
    """Every page with a form on which the identity may change something: name, path, form as it is shown."""
    client = signed_in(world, who)
    for address, row in table_pairs():
        code = row.codes[who]
        if not code.writes or not {"GET", "POST"} <= row.methods or address.name.startswith("admin:"):
            continue
        thing = mine(world, who, row.kind, code.scope)
        if thing is None:
            continue
        path = reverse(address.name, kwargs=thing.kwargs)
        answer = client.get(path)
        form = answer.context.get("form") if answer.context else None
        if isinstance(form, forms.Form):
            yield address.name, path, form


def foreign_value(field: forms.Field) -> str | None:
    """An existing id that the field does not offer."""
    if isinstance(field, forms.ModelChoiceField):
        rows = field.queryset.model._base_manager.exclude(pk__in=field.queryset.order_by().values("pk"))
        last = rows.order_by("pk").last()
        return str(last.pk) if last else None
    return None


@pytest.mark.parametrize("who", ["college_admin", "college_head", "office"])
def test_an_id_that_the_form_does_not_offer_is_refused_whole(world: World, who: str) -> None:
    """A2 and A3: alone, and among ids that are one's own."""
    client, tried, wrong = signed_in(world, who), [], []
    for name, path, form in list(form_pages(world, who)):
        for field_name, field in form.fields.items():
            value = foreign_value(field)
            if value is None or field.disabled:
                continue
            data = filled(form)
            key = form[field_name].html_name
            own = data.get(key, [])
            data[key] = [*own, value] if is_multiple(field) else value
            tried.append((name, field_name))
            before = digest()
            answer = client.post(path, data)
            shown = answer.context.get("form") if answer.context else None
            refused = answer.status_code in (403, 404) or (shown is not None and field_name in shown.errors)
            if not refused or changed(before, digest()):
                wrong.append((name, field_name, answer.status_code, changed(before, digest())))
    assert wrong == []
    assert len(tried) >= {"college_admin": 12, "college_head": 6, "office": 2}[who], tried


BULK = [
    ("college_admin", "teachers:renew_many", {}, "expiring"),
    ("college_admin", "accounts:issue_codes", {}, "account"),
    ("college_admin", "allowance:warning_confirm", "draft sheet", "warning"),
    ("office", "teachers:filing", {}, "filed"),
    ("office", "allowance:bundle_create", {}, "waiting sheet"),
]


@pytest.mark.parametrize(("who", "name", "about", "stranger"), BULK)
def test_one_foreign_among_ones_own_refuses_the_whole(
    world: World, who: str, name: str, about: Any, stranger: str
) -> None:
    """A3: three of one's own and one foreign: nothing happens, not even to the own ones."""
    client = signed_in(world, who)
    kwargs = {"pk": world.named["draft sheet 金桂"].pk} if about else {}
    path = reverse(name, kwargs=kwargs)
    form = client.get(path).context["form"]
    field_name = next(each for each, field in form.fields.items() if is_multiple(field))
    foreign = {
        "expiring": lambda: world.named[f"expiring {B}"].pk,
        "account": lambda: world.people["hr"].pk,  # type: ignore[union-attr]
        "warning": lambda: world.named[f"draft sheet {B}"].warnings.first().pk,
        "filed": lambda: world.things["appointment"][0].kwargs["pk"],
        "waiting sheet": lambda: world.named[f"waiting sheet {B}"].pk,
    }[stranger]()
    data = filled(form)
    values, mark = offered(form.fields[field_name])[:3], ""
    if isinstance(form, ChosenRows):
        values, mark = [f"{pk}:{row.version}" for pk, row in form.offered.items() if row.decision][:3], ":1"
    assert values, "the page offers nothing to choose from"
    before = digest()
    answer = client.post(path, data | {form[field_name].html_name: [*values, f"{foreign}{mark}"]})
    assert answer.status_code in (200, 403, 409)
    assert changed(before, digest()) == []
    with undone():
        client.post(path, data | {form[field_name].html_name: values})
        assert changed(before, digest()), "without the foreign one the same form is carried out"


def facts() -> dict[str, Counter[Any]]:
    """What the tables say, without numbers, times and random texts."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.label in NOT_FACTS:
                continue
            columns = [
                f'"{field.column}"'
                for field in model._meta.concrete_fields
                if not field.primary_key
                and not isinstance(field, models.DateTimeField | models.ForeignKey)
                and field.name not in VOLATILE
                # An entry quotes keys, and PostgreSQL gives no key twice, not even after taking back.
                and (
                    model is not AuditEntry
                    or field.name in ("action", "object_type", "actor_staff_no", "role", "reason")
                )
            ]
            cursor.execute(f'SELECT {", ".join(columns) or "1"} FROM "{model._meta.db_table}"')
            found[model._meta.label] = Counter(map(repr, cursor.fetchall()))
    return found


def references(user: User) -> int:
    """How many rows point to the person."""
    count = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is User:
                count += model._base_manager.filter(**{field.name: user}).count()
    return count


@pytest.mark.parametrize("who", WRITERS)
def test_fields_that_a_form_does_not_have_have_no_effect(world: World, who: str) -> None:
    """A10: state, amounts, roles and authors come from the services, whatever is posted."""
    nobody = UserFactory(name="谁也不是", is_active=False)
    extra = {
        "state": "handed_over", "status": "active", "total_fen": "987654321", "amount_fen": "987654321",
        "school_fen": "1", "is_superuser": "1", "is_staff": "1", "is_active": "1", "must_change_password": "1",
        "groups": "1", "role": "sysadmin", "filing_no": "假号", "filed_on": "2000-01-01", "filed_at": "2000-01-01",
        "college_id": str(world.b.pk), "college": str(world.b.pk), "school_class_id": "3", "password": "假密码假密码",
        "confirmed_at": "2000-01-01", "payable_confirmed_at": "2000-01-01", "end_reason": "解聘", "id": "1", "pk": "1",
        "name_pinyin": "jia", "inputs_digest": "0", "total": "1", "headcount": "99", "coefficient": "9",
    } | dict.fromkeys(
        ("created_by", "owner", "proposed_by", "decided_by", "recorded_by", "granted_by", "submitted_by", "reviewed_by",
         "handed_over_by", "received_by", "confirmed_by", "user", "actor"), str(nobody.pk),
    )  # fmt: skip
    client, carried_out, wrong = signed_in(world, who), [], []
    for name, path, form in list(form_pages(world, who)):
        if name in ("accounts:password", "accounts:sign_out_everywhere"):
            continue
        today = timezone.localdate()
        day = (today + dt.timedelta(days=5)).isoformat()
        known = {form[each].html_name for each in form.fields}
        results = []
        for slipped_in in ({}, {key: value for key, value in extra.items() if key not in known}):
            with undone():
                answer = client.post(path, filled(form, day) | slipped_in)
                results.append((answer.status_code, facts()))
                if references(nobody):
                    wrong.append((name, "author"))
        (status, plain), (_, slipped) = results
        if status == 302:
            carried_out.append(name)
        differing = [label for label in plain if plain[label] != slipped[label]]
        if differing or results[0][0] != results[1][0]:
            wrong.append((name, differing, results[0][0], results[1][0]))
    assert not wrong, "\n".join(map(str, wrong))
    least = {"class_teacher": 2, "college_admin": 20, "office": 30, "hr": 1, "sysadmin": 5}
    assert len(carried_out) >= least[who], f"only these were carried out, the others prove little: {carried_out}"


def test_a_number_that_is_taken_tells_nothing_about_its_owner(world: World) -> None:
    """A7: the same words for a 工号 of the own and of another college, and no name."""
    client, told = signed_in(world, "college_admin"), []
    for side in (world.named["sides"][1], world.named["sides"][2]):
        number = side.teacher.staff_no
        made = {"staff_no": number, "name": "新人", "home_college": str(world.a.pk), "role": "class_teacher"}
        body = text_of(client.post(reverse("accounts:person_create"), made).content)
        assert side.word not in body
        told.append(body.replace(number, "")[:0] + str("已" in body))
    assert told[0] == told[1]


def test_nobody_makes_someone_more_powerful_than_oneself(world: World) -> None:
    """A9: the college's administrator gives no role but 班主任, and to nobody of another college."""
    client = signed_in(world, "college_admin")
    own, other = (thing.kwargs["pk"] for thing in (world.things["account"][0], world.things["account"][2]))
    before = RoleGrant.objects.count()
    grant = {"role": "sysadmin", "starts_on": "2024-01-01", "college": str(world.a.pk)}
    for role in ("sysadmin", "office", "hr", "auditor", "college_admin", "college_head", "assessor"):
        client.post(reverse("accounts:grant", kwargs={"pk": own}), grant | {"role": role})
        made = {"staff_no": f"N{role}", "name": "新人", "home_college": str(world.a.pk), "role": role}
        client.post(reverse("accounts:person_create"), made)
    client.post(reverse("accounts:grant", kwargs={"pk": other}), grant | {"role": "class_teacher"})
    client.post(reverse("accounts:grant", kwargs={"pk": world.people["college_admin"].pk}), grant)  # type: ignore[union-attr]
    assert RoleGrant.objects.count() == before
    assert not User.objects.filter(staff_no__startswith="N").exists()


QUERIES = [
    "college={b}&college={a}",
    "college={a}&college={b}",
    "class={bclass}&teacher={bteacher}&sheet={bsheet}&day=2023-09-15&month=2023-10&month=2023-11",
    "school_class__college={b}&college_id={b}&order=user__password&ordering=-college&page=999999&size=100000&all=1"
    "&teacher__user__password__startswith=a&user__password__startswith=m&school_class__college__name={bname}&q=x&text=x",
]


@pytest.mark.parametrize("who", ["college_admin", "class_teacher"])
def test_no_query_widens_the_scope(world: World, who: str) -> None:
    """A14 and A15: foreign, doubled and invented parameters show nothing that the page itself would not show."""
    side = world.named["sides"][2]
    names = {
        "a": world.a.pk, "b": world.b.pk, "bclass": side.school_class.pk, "bteacher": side.teacher.pk,
        "bname": world.b.name, "bsheet": world.named[f"handed sheet {B}"].pk,
    }  # fmt: skip
    client, wrong = signed_in(world, who), []
    queries = [query.format(**names) for query in QUERIES]
    for address, row in table_pairs():
        code = row.codes[who]
        if row.kind not in ("none", "allowance year") or code.scope == "–" or code.writes or "GET" not in row.methods:
            continue
        path = reverse(address.name, kwargs={} if row.kind == "none" else {"slug": "2023-2024"})
        for query in queries:
            answer = client.get(f"{path}?{query}")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code >= 500 or B in text_of(body):
                wrong.append((path, query, answer.status_code))
    assert wrong == []


def test_the_roster_export_of_a_college_holds_no_foreign_word(world: World) -> None:
    """A5: the workbook starts from the same rows as the lists."""
    answer = signed_in(world, "college_admin").post(reverse("teachers:roster_export"))
    text = text_of(answer.content)
    assert (answer.status_code, "金桂" in text, "丹枫" in text, B in text) == (200, True, True, False)


def test_the_search_finds_nothing_foreign(world: World) -> None:
    for who, found in (("college_admin", False), ("class_teacher", False), ("hr", False), ("office", True)):
        answer = signed_in(world, who).post(reverse("web:search"), {"q": B})
        shown = text_of(answer.content).replace(f'value="{B}"', "").replace(f"「{B}」", "")
        assert (f"{B}会计" in shown or f"{B}生徒" in shown) is found, who


def test_the_year_of_another_college_is_missing(world: World) -> None:
    path = reverse("allowance:year", kwargs={"slug": "2023-2024"})
    client = signed_in(world, "college_admin")
    foreign, missing = client.get(f"{path}?college={world.b.pk}"), client.get(f"{path}?college=98765")
    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_who_keeps_the_system_settles_no_month_from_the_maintenance_pages(world: World) -> None:
    path = reverse("admin:allowance_monthsheet_changelist")
    pk = world.named["draft sheet 金桂"].pk
    before = digest()
    signed_in(world, "sysadmin").post(path, {"action": "settle_again", "_selected_action": [str(pk)]})
    assert changed(before, digest()) in ([], ["accounts.User"])


def test_a_file_whose_purpose_nobody_knows_opens_for_nobody(world: World) -> None:
    path = reverse("documents:file", kwargs={"public_id": world.named["unowned file"].public_id})
    for who in ("college_admin", "office", "sysadmin", "auditor"):
        assert signed_in(world, who).get(path).status_code == 404
