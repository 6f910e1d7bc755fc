"""The roster import in a real browser: from the sample file to the imported roster, and a file with problems."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gaobo_banzhuren.accounts.models import User
from teachers.models import Student
from tests.factories import client_for, office
from tests.teachers.rosters import SAMPLE, imported, workbook
from tests.teachers.rosters import base as roster
from tests.teachers.test_import_problems import planted

# The whole sample goes through a test server on a busy machine.
SLOW = 60_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(live_server: Any) -> Callable[..., Page]:
    user: User = office()

    def at(page: Page, path: str = "/teachers/import/") -> Page:
        cookie = client_for(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return at


def upload(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("名册工作簿").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def test_the_sample_from_upload_to_undo(page: Page, opened: Any, shot: Any, axe: Any) -> None:
    opened(page)
    axe(page)
    shot(page, "import-1-upload")
    upload(page, "名册.xlsx", SAMPLE.read_bytes())
    expect(page.get_by_role("button", name="导入：新增 1707 条，更新 0 条")).to_be_visible(timeout=SLOW)
    axe(page)
    shot(page, "import-2-preview")
    page.get_by_label("姓名、学号、工号或代码").fill("郎英")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("cell", name="020010073")).to_be_visible()
    page.get_by_role("button", name="导入：新增 1707 条").click()
    expect(page.get_by_text("新增 1707 条，更新 0 条，0 条不变")).to_be_visible(timeout=SLOW)
    axe(page)
    shot(page, "import-3-done")
    assert Student.objects.count() == 1609
    page.get_by_role("link", name="撤销这次导入").click()
    expect(page.get_by_text("删除这次新增的 1707 条数据")).to_be_visible(timeout=SLOW)
    shot(page, "import-4-undo")
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_text("已撤销，数据恢复到导入之前。").first).to_be_visible(timeout=SLOW)
    assert not Student.objects.exists()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_problems_and_changes_at_every_width(
    new_page: Any, opened: Any, shot: Any, axe: Any, width: int, scheme: str
) -> None:
    imported(roster())
    page = opened(new_page(width=width, color_scheme=scheme))
    shot(page, f"import-5-upload-{width}-{scheme}")
    upload(page, "有问题.xlsx", workbook(planted()))
    expect(page.get_by_text("处问题，没有保存任何内容")).to_be_visible(timeout=SLOW)
    axe(page)
    shot(page, f"import-6-problems-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    changed = roster()
    changed["学生"][0][6:8] = ["退学", "2024-04-01"]
    changed["班主任"][0][1] = "陈雨晴"
    opened(page)
    upload(page, "改动.xlsx", workbook(changed))
    expect(page.get_by_role("button", name="导入：新增 0 条，更新 2 条")).to_be_visible(timeout=SLOW)
    axe(page)
    shot(page, f"import-7-changes-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_file_that_is_no_workbook_is_said_beside_the_button(page: Page, opened: Any) -> None:
    opened(page)
    upload(page, "网页.xlsx", b"<html><body><table></table></body></html>")
    expect(page.locator("[data-import-error]")).to_contain_text("xlsx")
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()
