"""Every application is under the layer rules: a new one cannot be forgotten."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_application_is_listed_in_the_layer_contracts() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    top = {path.parent.name for path in ROOT.glob("*/apps.py")}
    inner = {f"gaobo_banzhuren.{path.parent.name}" for path in ROOT.glob("gaobo_banzhuren/*/apps.py")}
    contracts = {contract["id"]: contract for contract in rules["contracts"]}
    assert set(rules["root_packages"]) == top | {"gaobo_banzhuren"}
    assert set(contracts["apps"]["layers"]) == top | {"gaobo_banzhuren"}
    assert set(contracts["rooms"]["containers"]) == top | inner - {"gaobo_banzhuren.web"}
