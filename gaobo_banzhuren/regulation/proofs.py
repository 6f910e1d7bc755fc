"""Which tests prove which clause: read from the `clause` marks of a test folder without running it.

Standard library only. `scan` gives the ids with their tests; `proofs.json` beside the other data files is its stored
result, made by the command `collect_proofs`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

MARK = "clause"
FILE = "proofs.json"
TestBody = ast.FunctionDef | ast.AsyncFunctionDef


def scan(folder: Path) -> dict[str, list[str]]:
    """Ids of clauses, readings and examples with the tests marked for them, sorted; paths start at the folder's name."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        where = path.relative_to(folder.parent).as_posix()
        for node_id, ids in _marked(ast.parse(path.read_text(encoding="utf-8")), where):
            for clause_id in ids:
                found.setdefault(clause_id, set()).add(node_id)
    return {clause_id: sorted(found[clause_id]) for clause_id in sorted(found, key=sort_key)}


def sort_key(clause_id: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """C2.1 before C10.1a, A-04 before A-10."""
    pieces = clause_id[1:].lstrip("-").split(".")
    return clause_id[:1], tuple((_number(piece), piece) for piece in pieces)


def _number(piece: str) -> int:
    digits = "".join(letter for letter in piece if letter.isdigit())
    return int(digits) if digits else 0


def _marked(module: ast.Module, where: str) -> Iterator[tuple[str, set[str]]]:
    everywhere = _module_ids(module)
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            shared = everywhere | _ids(node.decorator_list)
            for inner in _tests(node.body):
                yield f"{where}::{node.name}::{inner.name}", shared | _ids(inner.decorator_list)
    for test in _tests(module.body):
        yield f"{where}::{test.name}", everywhere | _ids(test.decorator_list)


def _tests(body: Iterable[ast.stmt]) -> Iterator[TestBody]:
    for node in body:
        if isinstance(node, TestBody) and node.name.startswith("test"):
            yield node


def _module_ids(module: ast.Module) -> set[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets):
            return _ids(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])
    return set()


def _ids(expressions: Iterable[ast.expr]) -> set[str]:
    """Ids named by `pytest.mark.clause(...)` in decorators, also inside `parametrize` marks."""
    found: set[str] = set()
    for expression in expressions:
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK:
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found
