"""Forms and confirmed actions: done once, refusals keep the text, what will happen is said before."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.web.models import KEPT_FOR, SentForm
from gaobo_banzhuren.web.views import visible
from tests.factories import CollegeFactory, client_for, college_admin, office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]

NEW = "/t/colleges/new/"


@pytest.fixture
def client() -> Client:
    return client_for(office())


def token_of(body: bytes) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', body.decode())
    assert found
    return found[1]


def filled(client: Client, **fields: str) -> dict[str, str]:
    return {"code": "N1", "name": "新学院", "note": "", "form_token": token_of(client.get(NEW).content), **fields}


def test_valid_form_is_carried_out_and_told(client: Client) -> None:
    answer = client.post(NEW, filled(client), follow=True)

    assert answer.redirect_chain == [("/t/colleges/", 302)]
    assert "已新增 新学院。" in answer.content.decode()
    assert College.objects.filter(code="N1").exists()


def test_form_sent_twice_is_carried_out_once(client: Client) -> None:
    data = filled(client)
    client.post(NEW, data)
    again = client.post(NEW, {**data, "code": "N2", "name": "另一学院"}, follow=True)

    assert again.redirect_chain == [("/t/colleges/", 302)]
    assert "没有重复执行" in again.content.decode()
    assert list(College.objects.values_list("code", flat=True)) == ["N1"]


def test_refused_form_may_be_corrected_and_sent_with_the_same_token(client: Client) -> None:
    data = filled(client, name="不可用")
    refused = client.post(NEW, data)

    assert refused.status_code == 400
    assert "保留名称" in refused.content.decode()
    assert token_of(refused.content) == data["form_token"]
    assert not SentForm.objects.exists()
    assert client.post(NEW, {**data, "name": "可用"}).status_code == 302


def test_invalid_form_names_the_fields_and_keeps_the_text(client: Client) -> None:
    body = client.post(NEW, filled(client, name="", note="写了很久的说明")).content.decode()

    assert "请改正 1 处后再提交" in body
    assert '<a href="#id_name">学院名称</a>：这一项必填。' in body
    assert "写了很久的说明" in body


def test_stale_form_becomes_a_page_with_both_sides(client: Client) -> None:
    answer = client.post(NEW, filled(client, name="冲突", note="写了很久的说明"))

    assert answer.status_code == 409
    assert "王老师刚刚修改过" in answer.content.decode()
    assert "写了很久的说明" in answer.content.decode()
    assert not SentForm.objects.exists()


def test_token_of_one_person_does_not_stop_another(client: Client) -> None:
    data = filled(client)
    client.post(NEW, data)
    client_for(office()).post(NEW, {**data, "code": "N3", "name": "第三学院"})

    assert set(College.objects.values_list("code", flat=True)) == {"N1", "N3"}


def test_two_clicks_at_the_same_moment_are_told_apart_by_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = filled(client)
    client.post(NEW, data)
    real, asked = SentForm.objects.filter, []

    def blind_at_first(**lookup: object) -> object:
        asked.append(lookup)
        return SentForm.objects.none() if len(asked) == 1 else real(**lookup)

    monkeypatch.setattr(SentForm.objects, "filter", blind_at_first)
    answer = client.post(NEW, {**data, "code": "N2", "name": "另一学院"})

    assert answer.headers["Location"] == "/t/colleges/"
    assert list(College.objects.values_list("code", flat=True)) == ["N1"]


def test_confirm_page_says_what_will_happen_and_changes_nothing(client: Client) -> None:
    college = CollegeFactory()
    body = client.get(f"/t/colleges/{college.pk}/close/").content.decode()

    assert "标为停用，已有的班级与记录不变。" in body
    assert 'class="btn btn-danger">停用<' in body
    assert 'href="/t/colleges/">取消<' in body
    college.refresh_from_db()
    assert college.is_active


def test_action_needs_its_reason(client: Client) -> None:
    college = CollegeFactory()
    page = f"/t/colleges/{college.pk}/close/"

    assert "理由</a>：" in client.post(page, {"reason": "  "}).content.decode()
    assert client.post(page, {"reason": "合并"}).status_code == 302
    college.refresh_from_db()
    assert not college.is_active


def test_second_click_on_an_action_leads_to_the_result_not_to_a_refusal(client: Client) -> None:
    college = CollegeFactory()
    page = f"/t/colleges/{college.pk}/close/"
    data = {"reason": "合并", "form_token": token_of(client.get(page).content)}
    client.post(page, data)
    again = client.post(page, data, follow=True)

    assert again.redirect_chain == [("/t/colleges/", 302)]
    assert "没有重复执行" in again.content.decode()


def test_refused_action_shows_the_reason_instead_of_the_button(client: Client) -> None:
    college = CollegeFactory(is_active=False)
    page = f"/t/colleges/{college.pk}/close/"

    body = client.get(page).content.decode()
    assert "该学院已经停用。" in body
    assert 'class="btn btn-danger"' not in body
    assert client.post(page, {"reason": "合并"}).status_code == 403


def test_form_about_a_foreign_thing_is_missing() -> None:
    own, foreign = CollegeFactory(), CollegeFactory()
    client = client_for(college_admin(own))

    assert client.get(f"/t/colleges/{own.pk}/note/").status_code == 200
    assert client.get(f"/t/colleges/{foreign.pk}/note/").status_code == 404
    assert client.post(f"/t/colleges/{foreign.pk}/note/", {"note": "x"}).status_code == 404


def test_message_with_markup_is_escaped(client: Client) -> None:
    college = CollegeFactory(name="<img src=x onerror=alert(1)>")
    body = client.post(f"/t/colleges/{college.pk}/note/", {"note": "<script>alert(2)</script>"}, follow=True).content
    text = body.decode()

    assert "&lt;script&gt;alert(2)" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_old_tokens_are_cleared(client: Client) -> None:
    old = SentForm.objects.create(token="old", user=client_user(client), sent_at=timezone.now() - KEPT_FOR * 2)
    client.post(NEW, filled(client))

    assert not SentForm.objects.filter(pk=old.pk).exists()
    assert SentForm.objects.count() == 1


def client_user(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_model_without_a_scope_is_refused_at_the_first_call() -> None:
    with pytest.raises(TypeError, match="visible_to"):
        visible(SentForm, User())
