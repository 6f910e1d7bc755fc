"""The walk finds what it is for: a view that forgot its scope, its role, or its method."""

from __future__ import annotations

import pytest

from gaobo_banzhuren.web import views
from gaobo_banzhuren.web.views import RolePage
from teachers.models import Nomination, SchoolClass

from .sweep import Swept, sweep, table_pairs, words_in
from .world import B, World


def walk(world: World, who: str, *names: str) -> Swept:
    return sweep(world, who, [pair for pair in table_pairs() if pair[0].name in names])


def test_a_list_that_forgets_the_scope_shows_a_foreign_word(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(SchoolClass.objects.all()), "visible_to", lambda rows, user: rows)
    monkeypatch.setattr(type(SchoolClass.objects), "visible_to", lambda manager, user: manager.all())
    opened = walk(world, "college_admin", "teachers:classes").opened
    assert any(words_in(answer, (B,)) for answer in opened)


def test_a_page_that_forgets_the_scope_of_its_object_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert walk(world, "college_admin", "teachers:nomination").problems == []
    monkeypatch.setattr(views, "visible", lambda model, user: model._default_manager.all())
    found = walk(world, "college_admin", "teachers:nomination").problems
    foreign = world.named[f"nomination {B}"].pk
    assert any(f"GET /teachers/nominations/{foreign}/ → 200" in problem for problem in found)


def test_a_page_that_forgets_its_roles_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gaobo_banzhuren.regulation.views.calendar import AddDaysPage

    monkeypatch.setattr(AddDaysPage, "roles", ())
    assert walk(world, "hr", "regulation:calendar_add").problems


def test_a_refusal_that_tells_foreign_from_missing_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.http import HttpRequest, HttpResponse

    real = RolePage.dispatch

    def talkative(page: RolePage, request: HttpRequest, *args: object, **kwargs: object) -> object:
        if (
            Nomination.objects.filter(pk=kwargs.get("pk"))
            .exclude(pk__in=Nomination.objects.visible_to(page.user))
            .exists()
        ):
            return HttpResponse("不是您学院的提名", status=404)
        return real(page, request, *args, **kwargs)

    monkeypatch.setattr(RolePage, "dispatch", talkative)
    assert walk(world, "college_admin", "teachers:nomination").problems


def test_a_page_that_writes_when_it_is_opened_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from teachers.views.nominations import NominationDetail

    real = NominationDetail.get_context_data

    def writing(page: NominationDetail, **kwargs: object) -> dict[str, object]:
        Nomination.objects.filter(pk=page.object.pk).update(note="看过了")
        return real(page, **kwargs)

    monkeypatch.setattr(NominationDetail, "get_context_data", writing)
    found = walk(world, "college_admin", "teachers:nomination").problems
    assert any("rows changed in ['teachers.Nomination']" in problem for problem in found)
