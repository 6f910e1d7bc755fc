"""Asks every address of the table with every method as one identity, and tells what differs from the table."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.apps import apps
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, resolve, reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit import refusals
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.web.admin_site import admin_site
from gaobo_banzhuren.web.errors import UserError

from .table import Address, Code, Row, addresses, read_table, rows_of
from .world import Thing, World

NO_METHODS = ("PUT", "PATCH", "DELETE")
NOT_SIGNED_IN = ("anonymous", "disabled")
MISSING = {
    "pk": 98765, "entry": 98765, "guardian": 98765, "document": 98765, "sheet": 98765, "sequence": 98765432,
    "public_id": "A" * 32, "code": "A-999", "name": "1999-2000", "slug": "1999-2000", "month": "2023-13",
    "part": "nothing", "result": 98765, "registration": 98765, "class_id": 98765, "object_id": "98765",
    "uuid": "00000000-0000-4000-8000-000000000000", "kind_key": "nothing", "kind": "nothing", "key": "nothing",
}  # fmt: skip
"""Arguments that lead to nothing."""
NOT_DATA = ("sessions.Session", "web.SentForm", "auth.Permission", "contenttypes.ContentType", "audit.ChainHead")
LOG = ("audit.AuditEntry",)
REFUSALS = f"WHERE action <> '{refusals.ACTION}'"
"""Every other entry counts as a change; those about refusals are counted on their own (`_count_refusals`)."""


@dataclass
class Answer:
    """What came back: status, body and where it leads; `method` and `path` to name it."""

    who: str
    method: str
    path: str
    status: int
    content: bytes = b""
    location: str = ""

    @property
    def same(self) -> tuple[int, bytes]:
        return self.status, self.content

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path} → {self.status} {self.location}".strip()


@dataclass
class Swept:
    """The differences found, and the pages that opened (for the search for foreign words)."""

    problems: list[str] = field(default_factory=list)
    opened: list[Answer] = field(default_factory=list)
    requests: int = 0


def table_pairs(rows: list[Row] | None = None) -> list[tuple[Address, Row]]:
    """Every address with each of its rows."""
    rows = read_table() if rows is None else rows
    return [(address, row) for address in addresses() for row in rows_of(address.name, rows)]


class Visitor:
    """One identity that opens pages; keeps what differs from the table."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.who = world, who
        self.user = world.people[who]
        self.client = Client(raise_request_exception=False)
        self.swept = Swept()
        if self.user:
            self.client.force_login(self.user)
        if who == "disabled" and self.user:
            User.objects.filter(pk=self.user.pk).update(is_active=False)
        self.factory = RequestFactory()
        self.signed_in = who not in NOT_SIGNED_IN
        self.met: set[Row] = set()
        self.fresh = User.objects.get(pk=self.user.pk) if self.user else None
        self.not_found = self.ask("GET", "/no/such/page/").content if self.signed_in else b""

    # asking

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Answer:
        self.swept.requests += 1
        response = self.client.generic(method, path) if method != "POST" else self.client.post(path, data or {})
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        return Answer(self.who, method, path, response.status_code, content, response.headers.get("Location", ""))

    def ask_view(self, method: str, path: str) -> int:
        """The status that the view itself gives: for the many refusals that draw no page."""
        self.swept.requests += 1
        found = resolve(path)
        request = self.factory.generic(method, path)
        request.user, request.session = self.fresh, {}  # type: ignore[attr-defined]
        request.resolver_match = found  # type: ignore[assignment]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        try:
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        except Http404:
            return 404
        except PermissionDenied:
            return 403
        except UserError as error:
            return error.status
        except Exception as problem:  # noqa: BLE001  told with the address, instead of ending the walk
            self.wrong(f"{self.who} {method} {path} raised {problem!r}", "an answer")
            return 500
        if response.status_code == 404:
            self.wrong(f"{self.who} {method} {path} makes a 404 of its own", "the one of all pages")
        return response.status_code

    def wrong(self, answer: Answer | str, expected: str) -> None:
        self.swept.problems.append(f"{answer}, expected {expected}")

    # one address

    def visit(self, address: Address, row: Row) -> None:
        code = row.codes[self.who]
        things = _things(self.world, address, row)
        missing = _missing(address, things)
        self.written = False
        nothing = self._of_nothing(missing) if missing and self.signed_in else {}
        for thing in things:
            try:
                path = (
                    reverse(address.name, kwargs=thing.kwargs)
                    if thing.kwargs.get("path") is None
                    else thing.kwargs["path"]
                )
            except NoReverseMatch:
                self.wrong(str(row), f"an address for {thing.label}")
                continue
            if not self.signed_in:
                self._as_stranger(path, row, code)
            elif self._sees(code, thing, row):
                self._as_reader(path, row, code)
            else:
                self._as_outsider(path, row, code, nothing, missing)

    def _sees(self, code: Code, thing: Thing, row: Row) -> bool:
        assert self.user is not None
        if row.kind == "none" or code.scope in ("all", "–"):
            return code.opens
        if code.scope == "own":
            return thing.owner == self.user.pk
        if code.scope == "college":
            return thing.college == self.world.a.pk
        return thing.handed

    def _of_nothing(self, path: str) -> dict[str, Answer]:
        """What the same address says about a thing that never was."""
        return {"GET": self.ask("GET", path), "POST": Answer(self.who, "POST", path, self.ask_view("POST", path))}

    def _as_stranger(self, path: str, row: Row, code: Code) -> None:
        """Whoever is not signed in is sent to the sign-in page, whatever the address."""
        methods = ("GET", "POST", "HEAD", *NO_METHODS, "OPTIONS") if self.user is None else ("GET", "POST")
        for method in methods:
            answer = self.ask(method, path)
            if code.opens:
                fine = answer.status == (200 if method in row.methods or method in ("HEAD", "OPTIONS") else 405)
                fine = fine or (method == "OPTIONS" and answer.status == 405)
                if not fine:
                    self.wrong(answer, "an open page")
            elif row.address == "admin:login":
                if answer.status != 404:  # footnote 17: there is one sign-in page, and it is not this one
                    self.wrong(answer, "404")
            elif answer.status != 302 or not answer.location.startswith("/accounts/login/"):
                self.wrong(answer, "the sign-in page")

    def _as_reader(self, path: str, row: Row, code: Code) -> None:
        if "GET" in row.methods:
            answer = self.ask("GET", path)
            if answer.status == 200:
                self.swept.opened.append(answer)
            elif not (answer.status == 302 and _leads_on(row.address)):
                self.wrong(answer, "200")
        elif (status := self.ask_view("GET", path)) != 405:
            self.wrong(f"{self.who} GET {path} → {status}", "405")
        if not self.written:
            self._write(path, row, code)
            self.written = True
        for method in NO_METHODS:
            if (status := self.ask_view(method, path)) != 405:
                self.wrong(f"{self.who} {method} {path} → {status}", "405")

    def _write(self, path: str, row: Row, code: Code) -> None:
        """One empty POST a row: of those who may write it is undone; of the others it must not have changed anything."""
        if row.address == "accounts:logout":
            return
        if "POST" in row.methods and code.writes:
            cookies = self.client.cookies.copy()
            with undone():
                answer = self.ask("POST", path)
                if answer.status in (404, 405) or answer.status >= 500:
                    self.wrong(answer, "a form that takes what one sends")
            self.client.cookies = cookies
            return
        if row.address.startswith("admin:") and row in self.met:
            answer = Answer(self.who, "POST", path, self.ask_view("POST", path))
        else:
            answer = self.ask("POST", path)
        self.met.add(row)
        # Django's maintenance pages show themselves on a POST without an action.
        takes_post = "POST" in row.methods or row.address.startswith("admin:")
        allowed = range(200, 500) if takes_post else (403, 404, 405)
        if answer.status not in allowed:
            self.wrong(answer, "no such action")

    def _as_outsider(self, path: str, row: Row, code: Code, nothing: dict[str, Answer], missing: str) -> None:
        """Foreign looks exactly like missing."""
        drawn = row not in self.met
        if not drawn:
            # The first one of a row is drawn; of the others it is enough that the view raises the same.
            answer = Answer(self.who, "GET", path, self.ask_view("GET", path), self.not_found)
        else:
            answer = self.ask("GET", path)
        self.met.add(row)
        plain = answer.same == (404, self.not_found) or _closed_admin(row, self, answer)
        if ("GET" in row.methods or not code.opens) and not plain:
            self.wrong(answer, "404 like a missing page")
        if nothing and (answer.same if drawn else answer.status) != (
            nothing["GET"].same if drawn else nothing["GET"].status
        ):
            self.wrong(answer, f"the same as for a missing one, {nothing['GET'].status}")
        for method in ("POST", *NO_METHODS, "HEAD", "OPTIONS"):
            status = self.ask_view(method, path)
            if method == "POST" and nothing and status != nothing["POST"].status:
                self.wrong(f"{self.who} POST {path} → {status}", f"as for a missing one, {nothing['POST'].status}")
            fine = (404, 405)
            if method == "OPTIONS" and missing and status == 200 == self.ask_view(method, missing):
                continue  # the answer does not depend on the thing
            inside = status in (200, 302, 403) and _closed_admin(row, self, answer)
            if status not in fine and not inside:
                self.wrong(f"{self.who} {method} {path} → {status}", "404 or 405")


def _leads_on(address: str) -> bool:
    """Pages that answer a GET with the way to another page."""
    return address in ("accounts:login", "admin:short_link")


def _closed_admin(row: Row, visitor: Visitor, answer: Answer) -> bool:
    """Footnotes 16 and 17: who may come into the maintenance pages meets Django's own refusals there."""
    inside = row.address.startswith("admin:") and visitor.who in ("office", "sysadmin")
    return inside and answer.status in (302, 403, 404, 405)


def _things(world: World, address: Address, row: Row) -> list[Thing]:
    if row.kind in ("row", "rows"):
        return _admin_rows(address, row)
    if address.name == "admin:app_list":
        return [Thing("app", {"app_label": "teachers"})]
    if address.name == "admin:view_on_site":
        return [Thing("any", {"content_type_id": 1, "object_id": 1})]
    if address.name == "admin:catch_all":
        return [Thing("any", {"path": "/admin/nothing/here/"})]
    return [Thing("none", {})] if row.kind == "none" else world.things[row.kind]


def _admin_rows(address: Address, row: Row) -> list[Thing]:
    """For a page about a row the first that exists; pages of a table stand for themselves."""
    model = next((one for one in admin_site._registry if address.route.startswith(_admin_route(one))), None)
    assert model is not None, address
    first = model._base_manager.order_by("pk").first()
    if row.kind == "rows" and "object_id" not in address.route:
        return [Thing("table", {})]
    if first is None:
        return []
    if address.name.endswith("short_link"):
        return [Thing("first", {"path": f"/{_admin_route(model)}{first.pk}/"})]
    return [Thing("first", {"object_id": str(first.pk)})]


def _admin_route(model: Any) -> str:
    return f"admin/{model._meta.app_label}/{model._meta.model_name}/"


def _missing(address: Address, things: list[Thing]) -> str:
    """An address of the same form that leads to nothing; none for pages about nothing in particular."""
    if address.name.startswith("admin:") or not things or not things[0].kwargs:
        return ""
    return reverse(address.name, kwargs={key: MISSING[key] for key in things[0].kwargs})


# what was changed


def digest(*, without: tuple[str, ...] = ()) -> dict[str, str]:
    """A checksum of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label not in (*NOT_DATA, *without):
                which = REFUSALS if model is AuditEntry else ""
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" {which} ORDER BY 1')  # noqa: S608
                found[model._meta.label] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [label for label in before if before[label] != after[label]]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sweep(world: World, who: str, pairs: list[tuple[Address, Row]] | None = None) -> Swept:
    """Ask everything as `who`. Refused requests and reads together must leave every table as it was, but for the
    notes that somebody was refused."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    visitor = Visitor(world, who)
    pairs = table_pairs() if pairs is None else pairs
    quiet = [pair for pair in pairs if not pair[1].may_note]
    noted = [pair for pair in pairs if pair[1].may_note]
    with ExitStack() as stack:
        stack.enter_context(mock.patch("allowance.views.downloads.sheet_pdf", return_value=b"%PDF-1.4"))
        # Copies of every template's context cost more than drawing the page, and nobody looks at them here.
        stack.enter_context(mock.patch("django.test.client.store_rendered_templates", return_value=None))
        for part, without in ((quiet, ()), (noted, LOG)):
            before = digest(without=without)
            for address, row in part:
                visitor.visit(address, row)
            if tables := changed(before, digest(without=without)):
                visitor.wrong(f"{who}: rows changed in {tables}", "nothing written")
    _count_refusals(visitor)
    return visitor.swept


def _count_refusals(visitor: Visitor) -> None:
    """However much is refused, the log tells of this person only, and no more than the limit."""
    noted = AuditEntry.objects.filter(action=refusals.ACTION)
    own = noted.filter(actor_id=visitor.user.pk).count() if visitor.user else 0
    if noted.count() != own or own > refusals.PER_HOUR:
        visitor.wrong(f"{visitor.who}: {noted.count()} refusals noted, {own} of them own", "own ones within the limit")


# foreign words


def words_in(answer: Answer, words: tuple[str, ...]) -> list[str]:
    """Which of the words an answer contains; workbooks are opened."""
    text = text_of(answer.content)
    return [word for word in words if word in text]


def text_of(content: bytes) -> str:
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
