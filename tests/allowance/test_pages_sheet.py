"""The sheet page: findings first, every number opened, and each step of its way through the browser's forms."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import client_for

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"allowance:{name}", args=args)


def text(answer) -> str:
    return answer.content.decode()


def test_the_draft_shows_findings_first_then_the_rows(world):
    sheet = world.settled()
    page = client_for(world.admin).get(url("sheet", sheet.pk))
    body = text(page)
    assert page.status_code == 200
    assert body.index('id="warnings"') < body.index('id="lines"')
    assert "600.00" in body
    assert "陆佰元整" in body


def test_every_page_of_the_way_opens(world):
    bundle = world.handed_over()
    sheet = world.sheet()
    line = sheet.lines.get()
    for user in (world.admin, world.office, world.hr):
        for address in (url("sheet", sheet.pk), url("line", line.pk), url("versions", sheet.pk)):
            assert client_for(user).get(address).status_code == 200, (user, address)
    for user in (world.office, world.hr):
        for address in (url("bundles"), url("bundle", bundle.pk), url("bundle_xlsx", bundle.pk)):
            assert client_for(user).get(address).status_code == 200, (user, address)
    for name in ("sheet_xlsx", "sheet_pdf"):
        assert client_for(world.hr).get(url(name, sheet.pk)).status_code == 200
    assert client_for(world.office).get(url("months")).status_code == 200
    assert client_for(world.admin).get(url("months")).status_code == 200
    assert client_for(world.office).get(url("month", "2023-11")).status_code == 200
