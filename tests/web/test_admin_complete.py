"""Every table of the product can be looked at in 数据维护, in Chinese, and workflow and money cannot be edited there."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.urls import reverse

from gaobo_banzhuren.web.admin_site import admin_site
from tests.allowance.worlds import make_world
from tests.factories import client_for, office, sysadmin

OWN = ("accounts", "audit", "documents", "regulation", "teachers", "duties", "allowance")


def own_models() -> list[type]:
    return [model for label in OWN for model in apps.get_app_config(label).get_models()]


def shown_models() -> set[type]:
    inlines = {inline.model for shown in admin_site._registry.values() for inline in shown.inlines}
    return set(admin_site._registry) | inlines


def test_every_model_is_in_the_maintenance_pages():
    assert [model.__name__ for model in own_models() if model not in shown_models()] == []


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_model_and_fields_have_chinese_names(model):
    def chinese(text: object) -> bool:
        return any("\u4e00" <= char <= "\u9fff" for char in str(text))

    assert chinese(model._meta.verbose_name)
    shown = [field for field in model._meta.concrete_fields if field.editable and not field.primary_key]
    assert [field.name for field in shown if not chinese(field.verbose_name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", [office, sysadmin])
def test_every_list_and_record_opens(who):
    world = make_world()
    world.submitted()
    client = client_for(who())
    for model, shown in admin_site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, name
        row = shown.get_queryset(_request(client, who)).first() if isinstance(shown, ModelAdmin) else None
        if row is not None:
            assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, name


def _request(client: object, who: object) -> object:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = client.person if hasattr(client, "person") else who()  # type: ignore[operator]
    return request


@pytest.mark.django_db
def test_money_and_workflow_cannot_be_posted_there():
    world = make_world()
    sheet = world.submitted()
    line = sheet.lines.get()
    client = client_for(office())
    for name, row in (
        ("allowance_monthsheet", sheet),
        ("allowance_sheetline", line),
        ("teachers_schoolclass", world.school_class),
    ):
        url = reverse(f"admin:{name}_change", args=[row.pk])
        answer = client.post(url, {"state": "received", "total_fen": "1", "amount_fen": "1", "name": "改名"})
        assert answer.status_code in (200, 302, 403, 404)
    sheet.refresh_from_db()
    line.refresh_from_db()
    world.school_class.refresh_from_db()
    assert (sheet.state, sheet.total_fen, line.amount_fen) == ("submitted", 60000, 60000)
    assert world.school_class.name != "改名"
