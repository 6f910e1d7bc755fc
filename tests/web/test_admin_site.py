"""The maintenance pages exist only for system administrators and the office, and every change leaves a trace."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import clear_url_caches

from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.web.admin_site import ScopedModelAdmin, admin_site
from tests.factories import (
    CollegeFactory,
    assessor,
    audit_entries,
    auditor,
    class_teacher,
    client_for,
    college_admin,
    college_head,
    hr,
    office,
    sysadmin,
)

pytestmark = pytest.mark.django_db


class CollegeAdmin(ScopedModelAdmin):
    list_display = ("code", "name")
    frozen_fields = ("code",)


@pytest.fixture
def college_pages(settings: object) -> Iterator[str]:
    """Colleges in the admin, whatever the product itself registers there."""
    before = admin_site._registry.pop(College, None)
    admin_site.register(College, CollegeAdmin)
    _reload()
    yield "/admin/accounts/college/"
    admin_site.unregister(College)
    if before:
        admin_site._registry[College] = before
    _reload()


def _reload() -> None:
    import importlib

    from gaobo_banzhuren import urls

    clear_url_caches()
    importlib.reload(urls)


@pytest.mark.parametrize("person", [class_teacher, college_admin, college_head, assessor, hr, auditor])
def test_for_everyone_else_it_does_not_exist(person: object) -> None:
    client = client_for(person())  # type: ignore[operator]

    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/accounts/college/").status_code == 404
    assert client.get("/admin/jsi18n/").status_code == 404


@pytest.mark.parametrize("address", ["login", "logout", "password_change"])
def test_no_second_sign_in_page(address: str) -> None:
    assert client_for(sysadmin()).get(f"/admin/{address}/").status_code == 404
    assert Client().get("/admin/login/").status_code == 404


@pytest.mark.parametrize("person", [sysadmin, office])
def test_who_may_come_in_sees_it_in_chinese(person: object) -> None:
    body = client_for(person()).get("/admin/").content.decode()  # type: ignore[operator]

    assert "数据维护" in body
    assert "<script>" not in body
    assert "style=" not in body


def test_frozen_fields_are_not_changed_and_the_change_is_recorded(college_pages: str) -> None:
    college = CollegeFactory(code="K1", name="旧名")
    client = client_for(sysadmin())

    client.post(f"{college_pages}{college.pk}/change/", {"code": "HACK", "name": "新名", "is_active": "on"})

    college.refresh_from_db()
    assert (college.code, college.name) == ("K1", "新名")
    (entry,) = audit_entries("admin.change", college)
    assert (entry.before, entry.after) == ({"name": "旧名"}, {"name": "新名"})


def test_nothing_is_added_or_deleted_unless_allowed(college_pages: str) -> None:
    college = CollegeFactory()
    client = client_for(sysadmin())

    assert client.get(f"{college_pages}add/").status_code == 403
    assert client.post(f"{college_pages}{college.pk}/delete/", {"post": "yes"}).status_code == 403
    assert College.objects.filter(pk=college.pk).exists()


def test_rows_start_at_the_scope(college_pages: str, rf: object) -> None:
    CollegeFactory()
    own = CollegeFactory()
    request = rf.get("/")  # type: ignore[attr-defined]
    request.user = college_admin(own)

    model_admin = admin_site._registry[College]
    assert isinstance(model_admin, admin.ModelAdmin)
    assert list(model_admin.get_queryset(request)) == [own]
