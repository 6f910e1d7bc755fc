"""Refuses constructs that this project does without, in code and templates.

Code is read as a syntax tree, so comments and texts may name them. Output: one line per find, exit code 1 if any.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("gaobo_banzhuren", "teachers", "duties", "assessment", "allowance")

NAMES = {
    "mark_safe": "escape text, or build markup with format_html",
    "csrf_exempt": "every form carries a token",
    "xframe_options_exempt": "no page may be framed",
}
METHODS = {"raw": "write a queryset", "extra": "write a queryset"}
CALLS = {"SafeString": "escape text, or build markup with format_html", "eval": "never", "exec": "never"}
INEXACT = {"float": "money and measures are int or Decimal", "round": "there is one rounding function, half up"}
# Cells of a foreign workbook are floats, and a chart may round pixels; everything else counts exactly.
INEXACT_ALLOWED = ("gaobo_banzhuren/documents/", "gaobo_banzhuren/web/")
SIGNALS = ("django.db.models.signals",)

TEMPLATE_RULES = (
    (re.compile(r"\|\s*safe(seq)?\b"), "escaping stays on"),
    (re.compile(r"{%\s*autoescape\s+off"), "escaping stays on"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "the content policy forbids inline styles: a class in static/css"),
    (re.compile(r"<style\b", re.IGNORECASE), "the content policy forbids inline styles: a file in static/css"),
    (re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/json)", re.IGNORECASE), "scripts live in static/js"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "handlers live in static/js"),
    (re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:|javascript:", re.IGNORECASE), "handlers live in static/js"),
    (re.compile(r"\b(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE), "nothing is loaded from elsewhere"),
)
# PDF templates are never sent to a browser and carry their own print styles.
PDF_TEMPLATES = re.compile(r"(^|/)pdf[/_]|_pdf\.html$")
STYLE_RULES = TEMPLATE_RULES[2:4]


def code_faults(source: str, exact: bool = True) -> Iterator[tuple[int, str]]:
    """Line and reason of every forbidden construct in Python source; `exact` refuses floats and `round`."""
    calls = CALLS | INEXACT if exact else CALLS
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            if node.module in SIGNALS:
                yield node.lineno, "signals hide who changes what: call a service"
            for alias in node.names:
                if alias.name in NAMES:
                    yield node.lineno, f"{alias.name}: {NAMES[alias.name]}"
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield node.lineno, f"{node.attr}: {NAMES[node.attr]}"
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in calls:
                yield node.lineno, f"{node.func.id}(): {calls[node.func.id]}"
            elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                yield node.lineno, f".{node.func.attr}(): {METHODS[node.func.attr]}"
        elif isinstance(node, ast.Assign):
            named = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if named & {"fields", "exclude"} and isinstance(node.value, ast.Constant) and node.value.value == "__all__":
                yield node.lineno, "name the fields of a form one by one"


def template_faults(source: str, pdf: bool = False) -> Iterator[tuple[int, str]]:
    """Line and reason of every forbidden construct in a template; `pdf` allows styles."""
    text = re.sub(
        r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", lambda m: "\n" * m[0].count("\n"), source, flags=re.DOTALL
    )
    for pattern, reason in TEMPLATE_RULES:
        if pdf and any(pattern is rule[0] for rule in STYLE_RULES):
            continue
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, reason


def check(root: Path = ROOT) -> list[str]:
    """Every find below `root` as `path:line: reason`."""
    found = []
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                name = path.relative_to(root).as_posix()
                faults = code_faults(path.read_text("utf-8"), exact=not name.startswith(INEXACT_ALLOWED))
                found += [f"{name}:{line}: {why}" for line, why in faults]
    for path in sorted(path for folder in ("templates", *APPS) for path in (root / folder).rglob("*.html")):
        name = path.relative_to(root).as_posix()
        faults = template_faults(path.read_text("utf-8"), pdf=bool(PDF_TEMPLATES.search(name)))
        found += [f"{name}:{line}: {why}" for line, why in faults]
    return found


if __name__ == "__main__":
    finds = check()
    print("\n".join(finds) or "forbidden constructs: none")
    sys.exit(bool(finds))
