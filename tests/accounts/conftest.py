"""A sign-in as a browser does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

LOGIN = "/accounts/login/"
SignIn = Callable[..., Any]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in("2001", "secret", client=..., address="10.0.0.1", next="/")` posts the sign-in form."""

    def post(
        staff_no: str, secret: str, *, client: Client | None = None, address: str = "10.0.0.1", **extra: str
    ) -> Any:
        data = {"username": staff_no, "password": secret} | {key: extra.pop(key) for key in ("next",) if key in extra}
        return (client or Client()).post(LOGIN, data, REMOTE_ADDR=address, **extra)

    return post
