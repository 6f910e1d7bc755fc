"""A real browser on the running product: Debian's Chromium, the project's fonts, Chinese locale.

A test takes `page` (1280 px) or `phone` (360 px) and `live_server`. `axe(page)` fails on serious accessibility faults,
`shot(page, "name")` keeps a picture when SHOTS_DIR is set. A message of the content policy or an uncaught script error
fails the test that caused it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

FONTS = Path(__file__).resolve().parents[2] / "gaobo_banzhuren" / "documents" / "fonts" / "fonts.conf"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--metrics-recording-only",
    "--font-render-hinting=none",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions",
]
SERIOUS = {"serious", "critical"}
# Generous, because a busy machine is slow and a wrong page stays wrong.
PATIENCE_MS = 30_000
LATE_CONNECTION = r"ignore:(?s).*\(process_request_thread\).*:pytest.PytestUnhandledThreadExceptionWarning"
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test; without a browser they are left out by name."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # A browser connects ahead of need; the test server leaves such a connection to the garbage collector.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"))
            # Such a connection may also end after the server gave the shared database back; what a page answered has
            # been looked at by then.
            item.add_marker(pytest.mark.filterwarnings(LATE_CONNECTION))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="chromium is not installed"))


@pytest.fixture(scope="session", autouse=True)
def _sync_playwright_beside_django() -> Iterator[None]:
    """Playwright's sync API keeps an event loop in the test's thread, which Django takes for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": CHROMIUM,
        "args": QUIET + (["--no-sandbox"] if root else []),
        "env": {**os.environ, "FONTCONFIG_FILE": str(FONTS), "LANG": "zh_CN.UTF-8"},
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict:
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def new_page(browser: Browser, browser_context_args: dict) -> Iterator[Callable[..., Page]]:
    """Opens pages of any width, each with its own cookies: `new_page(width=360)` is one more person at one more device."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or (message.type == "error" and "Uncaught" in message.text):
            faults.append(message.text)

    def opened(width: int = 1280, height: int = 800, **options: object) -> Page:
        phone = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if width < 600 else {}
        size = {"viewport": {"width": width, "height": height}}
        context = browser.new_context(**{**browser_context_args, **size, **phone, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        made = context.new_page()
        made.on("console", note)
        made.on("pageerror", lambda error: faults.append(str(error)))
        return made

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "faults in the browser: " + "; ".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desktop page, 1280 px wide."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A phone page, 360 px wide."""
    return new_page(width=360, height=740)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fails on serious or critical accessibility faults of the page as it is now."""

    def look(page: Page) -> None:
        found = [v for v in Axe().run(page).response["violations"] if v["impact"] in SERIOUS]
        lines = [f"{v['id']} ({v['impact']}): {v['help']} at {[n['target'] for n in v['nodes']][:5]}" for v in found]
        assert not found, f"{page.url}\n" + "\n".join(lines)

    return look


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page as NAME.png in the folder that SHOTS_DIR names; does nothing without it."""
    folder = os.environ.get("SHOTS_DIR")

    def take(page: Page, name: str) -> None:
        if folder:
            path = Path(folder) / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)

    return take
