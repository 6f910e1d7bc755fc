"""Test pages on top of the product's addresses, with templates of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def test_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.pages"
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    ]
