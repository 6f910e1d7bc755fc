"""The first page anybody sees: it keeps to the content policy and is usable by everybody, on a phone and on a desk."""

import pytest


@pytest.mark.parametrize("width", [360, 1280])
def test_sign_in_page_is_accessible_and_fits(new_page, live_server, axe, shot, width: int) -> None:
    page = new_page(width=width)
    response = page.goto(live_server.url + "/")
    assert response is not None
    assert response.status == 200
    assert "/accounts/login/" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
    shot(page, f"sign-in-{width}")
