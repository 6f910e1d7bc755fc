"""Lists: filters and order survive paging, odd input does no harm, the export has the rows of the list."""

import pytest
from django.test import Client

from gaobo_banzhuren.accounts.models import College
from tests.factories import CollegeFactory, class_teacher, client_for, college_admin, office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]

LIST = "/t/colleges/"


@pytest.fixture
def client() -> Client:
    for number in range(60):
        CollegeFactory(code=f"A{number:02d}", name=f"第{number:02d}学院", is_active=number % 2 == 0)
    return client_for(office())


def codes(client: Client, query: str = "") -> list[str]:
    return [college.code for college in client.get(LIST + query).context["object_list"]]


def test_pages_of_twenty_five_and_the_count(client: Client) -> None:
    answer = client.get(LIST)

    assert len(answer.context["object_list"]) == 25
    assert answer.context["count"] == 60
    assert "共 <strong>60</strong> 条，第 1–25 条" in answer.content.decode()


def test_filter_and_order_and_size_survive_paging(client: Client) -> None:
    body = client.get(LIST + "?is_active=True&order=name&size=25&page=1").content.decode()

    assert "?is_active=True&amp;order=name&amp;size=25&amp;page=2" in body
    assert codes(client, "?is_active=True&order=name&page=2") == ["A50", "A52", "A54", "A56", "A58"]


@pytest.mark.parametrize(("size", "shown"), [("50", 50), ("100", 60), ("1000000", 25), ("-1", 25), ("abc", 25)])
def test_page_size_is_one_of_three(client: Client, size: str, shown: int) -> None:
    assert len(codes(client, f"?size={size}")) == shown


@pytest.mark.parametrize(
    ("page", "first", "note"),
    [
        ("99", "A50", "没有第 99 页，已显示最后一页。"),
        ("9" * 5000, "A50", "没有第"),
        ("0", "A50", "没有第 0 页"),
        ("-3", "A50", "没有第 -3 页"),
        ("abc", "A00", "页码不是数字"),
        ("²", "A00", "页码不是数字"),
    ],
)
def test_impossible_page_shows_a_possible_one_with_a_note(client: Client, page: str, first: str, note: str) -> None:
    answer = client.get(LIST, {"page": page})

    assert answer.status_code == 200
    assert answer.context["object_list"][0].code == first
    assert note in answer.content.decode()


@pytest.mark.parametrize("order", ["-pk", "people__password", "code; drop table", "role_grants__user__password"])
def test_order_is_taken_from_the_whitelist_only(client: Client, order: str) -> None:
    assert codes(client, f"?order={order}") == codes(client)


def test_lookups_that_are_no_filter_are_ignored(client: Client) -> None:
    assert codes(client, "?people__password__startswith=a&pk=1&is_active__in=x") == codes(client)


def test_invalid_filter_value_shows_nothing_and_says_so(client: Client) -> None:
    answer = client.get(LIST + "?is_active=maybe")

    assert answer.context["count"] == 0
    assert "filter-error" in answer.content.decode()


def test_text_of_a_filter_is_escaped(client: Client) -> None:
    body = client.get(LIST, {"name": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in body


def test_export_has_the_rows_of_the_filtered_list(client: Client) -> None:
    answer = client.post(LIST + "?is_active=False&name=1", {"export": "xlsx"})

    assert answer.content.decode().split() == ["A01", *[f"A{n}" for n in range(11, 20, 2)], "A21", "A31", "A41", "A51"]


def test_export_needs_the_token_and_the_button() -> None:
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(office())

    assert checked.post(LIST, {"export": "xlsx"}).status_code == 403
    assert client_for(office()).post(LIST, {}).status_code == 404


def test_searched_name_stays_out_of_the_address_and_survives_paging_and_export(client: Client) -> None:
    answer = client.post(LIST + "?is_active=True&page=2", {"text": "  第1 "})

    assert answer.headers["Location"] == LIST + "?is_active=True"
    assert codes(client, "?is_active=True") == ["A10", "A12", "A14", "A16", "A18"]
    assert "清除“第1”" in client.get(LIST).content.decode()
    assert client.post(LIST + "?is_active=True", {"export": "xlsx"}).content.decode().split() == [
        "A10", "A12", "A14", "A16", "A18",
    ]  # fmt: skip

    client.post(LIST, {"text": ""})
    assert len(codes(client)) == 25


def test_scope_decides_list_count_and_detail() -> None:
    own, foreign = CollegeFactory(), CollegeFactory()
    client = client_for(college_admin(own))

    assert codes(client) == [own.code]
    assert client.get(f"{LIST}{own.pk}/").status_code == 200
    missing = client.get(f"{LIST}{foreign.pk + 1000}/")
    hidden = client.get(f"{LIST}{foreign.pk}/")
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert client.get(f"{LIST}{'9' * 30}/").status_code == 404


def test_repeated_parameter_does_not_widen_the_scope() -> None:
    own, foreign = CollegeFactory(name="甲学院"), CollegeFactory(name="乙学院")

    assert codes(client_for(college_admin(own)), f"?name=甲&name={foreign.name}") == []


def test_empty_list_says_what_to_do() -> None:
    assert College.objects.count() == 0
    body = client_for(office()).get(LIST).content.decode()

    assert "没有符合条件的学院" in body


def test_page_for_another_role_does_not_exist() -> None:
    assert client_for(class_teacher()).get("/t/colleges/new/").status_code == 404


def test_detail_shows_steps_history_and_the_reason_beside_the_disabled_button() -> None:
    body = client_for(office()).get(f"{LIST}{CollegeFactory().pk}/").content.decode()

    assert 'aria-current="step"' in body
    assert "2024-03-18 17:05" in body
    assert "理由：与经济管理学院合并" in body
    assert "disabled" in body
    assert "还有 2 个班级没有班主任。" in body
