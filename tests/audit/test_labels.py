"""Every action that the product writes into the log has a Chinese name there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from gaobo_banzhuren.audit import labels

OWN = tuple(
    app.partition(".apps.")[0] for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app.split(".")[0]).is_dir()
)
AREAS = {config.label for config in apps.get_app_configs() if config.name in OWN}


def written_actions() -> Iterator[tuple[str, str]]:
    """(file, action) for every literal that looks like `area.verb` in a call of a function named record."""
    for config in apps.get_app_configs():
        if config.label not in AREAS:
            continue
        for path in Path(config.path).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record":
                    for argument in node.args[1:2]:
                        yield from ((str(path), text) for text in _texts(argument))


def _texts(node: ast.AST) -> Iterator[str]:
    built = {id(part) for joined in ast.walk(node) if isinstance(joined, ast.JoinedStr) for part in joined.values}
    for part in ast.walk(node):
        if id(part) in built:
            continue
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.partition(".")[0] in AREAS:
            yield part.value


def test_every_written_action_has_a_chinese_name() -> None:
    found = set(written_actions())
    assert len(found) > 15
    nameless = sorted({(action, path) for path, action in found if action not in labels.known_actions()})
    assert nameless == []


@pytest.mark.parametrize("action", sorted(labels.known_actions()))
def test_names_are_chinese(action: str) -> None:
    assert any("一" <= char <= "鿿" for char in labels.action_label(action))


def test_actions_are_offered_by_area() -> None:
    areas = dict(labels.action_choices())
    assert ("accounts.create", "建立账号") in areas["账号"]
