"""数据维护: the office and system administrators look at the regulation's tables, nobody edits them there."""

import pytest
from django.urls import reverse

from gaobo_banzhuren.regulation.models import RuleVersion
from tests.factories import client_for, college_admin, office, sysadmin

pytestmark = pytest.mark.django_db

TABLES = [
    "ruleversion",
    "versionpreview",
    "reading",
    "readingdecision",
    "interpretation",
    "systemsetting",
    "schoolyear",
    "term",
    "payablemonth",
    "calendarday",
]


@pytest.mark.parametrize("make", [office, sysadmin])
@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_listed_searched_and_not_added_to(make, table):
    client = client_for(make())
    assert client.get(reverse(f"admin:regulation_{table}_changelist") + "?q=2023").status_code == 200
    assert client.get(reverse(f"admin:regulation_{table}_add")).status_code == 403


def test_others_do_not_find_the_tables():
    assert client_for(college_admin()).get(reverse("admin:regulation_ruleversion_changelist")).status_code == 404


def test_a_version_is_shown_but_not_changed_or_deleted():
    version = RuleVersion.objects.get()
    client = client_for(office())
    address = reverse("admin:regulation_ruleversion_change", args=[version.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"title": "另一名称"}).status_code == 403
    assert client.post(reverse("admin:regulation_ruleversion_delete", args=[version.pk])).status_code == 403
    assert RuleVersion.objects.get().title == version.title
