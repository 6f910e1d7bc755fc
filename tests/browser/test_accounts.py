"""From the printed code to the own password, and the pages of whoever looks after accounts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gaobo_banzhuren.accounts.services import issue_code
from tests.factories import PASSWORD, class_teacher, college_admin, sysadmin


@pytest.mark.django_db(transaction=True)
def test_a_teacher_comes_in_with_the_printed_code_on_a_phone(phone: Page, live_server, axe, shot) -> None:
    teacher = class_teacher(staff_no="2001", name="陈雨桐")
    code = issue_code(None, teacher).code.lower().replace("-", "")
    phone.goto(f"{live_server.url}/accounts/me/")
    axe(phone)
    shot(phone, "accounts-login-360")
    phone.get_by_label("工号").fill("2001")
    phone.get_by_label("密码或一次性登录码").fill(code)
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("heading", name="设置自己的密码")).to_be_visible()
    axe(phone)
    shot(phone, "accounts-first-password-360")
    phone.get_by_label("新密码", exact=False).first.fill("chenyutong2024")
    phone.get_by_label("再输入一次新密码").fill("chenyutong2024")
    phone.get_by_role("button", name="修改密码").click()
    expect(phone.get_by_text("容易被猜到").first).to_be_visible()
    phone.get_by_label("新密码", exact=False).first.fill(PASSWORD)
    phone.get_by_label("再输入一次新密码").fill(PASSWORD)
    phone.get_by_role("button", name="修改密码").click()
    expect(phone.get_by_text("密码已修改")).to_be_visible()
    phone.goto(f"{live_server.url}/accounts/me/")
    expect(phone.get_by_text("登录码").first).to_be_visible()
    axe(phone)
    shot(phone, "accounts-me-360")


@pytest.mark.django_db(transaction=True)
def test_an_administrator_prints_codes_for_the_new_people(
    new_page: Callable[..., Page], live_server, axe, shot
) -> None:
    admin = college_admin(staff_no="9001", password=PASSWORD)
    new = [class_teacher(admin.home_college) for _ in range(3)]
    for width in (360, 1280):
        page = new_page(width=width)
        page.goto(f"{live_server.url}/accounts/login/?next=/accounts/codes/")
        page.get_by_label("工号").fill("9001")
        page.get_by_label("密码或一次性登录码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="批量发登录码")).to_be_visible()
        axe(page)
        page.get_by_label("全选").check()
        expect(page.locator("input[name=people]:checked")).to_have_count(3)
        page.get_by_role("button", name="为勾选的人生成").click()
        expect(page.locator(".code-slip")).to_have_count(3)
        axe(page)
        shot(page, f"accounts-codes-{width}")
        for name, path in (
            ("people", "people/"),
            ("person", f"people/{new[0].pk}/"),
            ("grant", f"people/{new[0].pk}/grants/new/"),
        ):
            page.goto(f"{live_server.url}/accounts/{path}")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            shot(page, f"accounts-{name}-{width}")


@pytest.mark.django_db(transaction=True)
def test_the_log_is_read_on_phone_and_desktop_in_the_dark(
    new_page: Callable[..., Page], live_server, axe, shot
) -> None:
    sysadmin(staff_no="9001", password=PASSWORD)
    for width in (360, 1280):
        page = new_page(width=width, color_scheme="dark")
        page.goto(f"{live_server.url}/accounts/login/?next=/audit/")
        page.get_by_label("工号").fill("9001")
        page.get_by_label("密码或一次性登录码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="审计记录")).to_be_visible()
        axe(page)
        shot(page, f"audit-{width}")
        page.locator("main table tbody a").first.click()
        axe(page)
        shot(page, f"audit-entry-{width}")
