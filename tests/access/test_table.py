"""The published table and the addresses of the product are the same set."""

from __future__ import annotations

import pytest
from django.urls import path

from .table import HEADER, addresses, read_headers, read_table, rows_of
from .world import World


def unlisted() -> list[str]:
    rows = read_table()
    return sorted({one.name for one in addresses() if len({row.kind for row in rows_of(one.name, rows)}) == 0})


def test_every_address_of_the_product_is_in_the_table() -> None:
    assert unlisted() == []


def test_every_row_is_about_an_address_that_exists() -> None:
    rows = read_table()
    used = {row for one in addresses() for row in rows_of(one.name, rows)}
    assert [str(row) for row in rows if row not in used] == []


def test_no_address_is_listed_twice_for_the_same_kind_of_thing() -> None:
    seen = [(row.address, row.kind) for row in read_table()]
    assert [one for one in seen if seen.count(one) > 1] == []


def test_every_table_has_the_same_columns() -> None:
    assert set(read_headers()) == {HEADER}


def test_the_world_has_every_kind_of_thing_that_the_table_names(world: World) -> None:
    kinds = {row.kind for row in read_table()} - {"none", "row", "rows"}
    assert kinds - set(world.things) == set()


def test_a_new_address_that_nobody_listed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import get_resolver

    from teachers import urls

    resolver = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "teachers")
    extra = path("forgotten/<int:pk>/", urls.urlpatterns[0].callback, name="forgotten")
    monkeypatch.setattr(resolver, "url_patterns", [*resolver.url_patterns, extra])
    assert unlisted() == ["teachers:forgotten"]
