"""The product's own menu: every entry has a picture and opens for everyone who sees it."""

from pathlib import Path

import pytest
from django.conf import settings

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.navigation import NAVIGATION, sections_for
from tests.factories import CollegeFactory, client_for, person


def test_every_entry_has_its_picture() -> None:
    sprite = (Path(settings.BASE_DIR) / "static" / "vendor" / "icons.svg").read_text("utf-8")

    assert not {entry.icon for entry in NAVIGATION if f'id="{entry.icon}"' not in sprite}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role), ids=[str(role) for role in Role])
def test_every_place_in_the_menu_opens(role: Role) -> None:
    someone = person(role, CollegeFactory())
    client = client_for(someone)
    links = [link for section in sections_for(someone.access, "/") for link in section.links]

    assert links
    answers = {link.url: client.get(link.url).status_code for link in links}
    assert {url: status for url, status in answers.items() if status != 200} == {}
