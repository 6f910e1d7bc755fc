"""Every page in the browser: it fits a phone, keeps to the content policy, asks nobody outside, and is accessible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page

from gaobo_banzhuren.accounts.models import User
from tests.access.world import World, build
from tests.factories import client_for

from .crawl import Found, crawl

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("college_admin", "class_teacher", "office", "college_head", "assessor", "hr", "sysadmin", "auditor")
LOOKS = [(1280, "light"), (360, "dark"), (360, "light"), (1280, "dark")]
PER_TEMPLATE = 1
"""So many pages of one template are looked through with axe; all are opened."""
PHONE, DESK = 360, 1280
TRIES = 30
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def world() -> World:
    with transaction.atomic():
        return build()


class Look:
    """One person's browser on every page that no one before has opened, and what is wrong there."""

    def __init__(self, page: Page, base: str, axe: Callable[[Page], None]) -> None:
        self.page, self.base, self.axe = page, base, axe
        self.faults: list[str] = []
        page.on("console", self._message)
        page.on("pageerror", lambda error: self._fault(f"script error {error}"))
        page.on("request", self._request)

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.page.url}: {text}")

    def _message(self, message: Any) -> None:
        if message.type == "error":
            self._fault(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self._fault(f"asks {request.url}")

    def sign_in(self, user: User) -> None:
        cookie = client_for(user).cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.base}])

    def open(self, found: Found, look: tuple[int, Any] | None) -> None:
        page = self.page
        width, scheme = look or (PHONE, "light")
        # Before the page is there: a change of colours on the way would be looked at half done.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        response = page.goto(self.base + found.path)
        if response is None or response.status != 200:
            self._fault(f"answers {response and response.status}")
        if look is not None:
            try:
                self.axe(page)
            except AssertionError as error:
                self._fault(f"{width} px, {scheme}: {str(error).split(chr(10))[1:]}")
        # What fits a phone and is drawn like a page that fits a desk fits a desk.
        for each in (width, PHONE + DESK - width) if look else (PHONE,):
            page.set_viewport_size({"width": each, "height": 800})
            if not self.fits():
                self._fault(f"is wider than {each} px")

    def fits(self) -> bool:
        """Soon after a change of width; a busy browser lays the page out a little later."""
        for _ in range(TRIES):
            if self.page.evaluate(FITS):
                return True
            self.page.wait_for_timeout(100)
        return False


def test_every_page_of_every_role(page: Page, live_server: Any, world: World, axe: Callable[[Page], None]) -> None:
    look = Look(page, live_server.url, axe)
    looks, opened, checked = cycle(LOOKS), set[tuple[str, str]](), Counter[str]()
    for role in ROLES:
        user = world.people[role]
        assert user is not None
        result = crawl(user)
        look.faults += result.dead
        look.sign_in(user)
        for found in result.pages:
            # The start page is another one for each role; elsewhere the first role that gets there stands for all.
            key = (found.name, role if found.path == "/" else "")
            if key in opened:
                continue
            opened.add(key)
            checked[found.template] += 1
            look.open(found, next(looks) if checked[found.template] <= PER_TEMPLATE or found.path == "/" else None)
    assert len(opened) > 100
    assert look.faults == [], "\n".join(look.faults)
