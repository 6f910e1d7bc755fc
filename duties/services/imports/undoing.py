"""Takes an import of chapters 2 and 3 back: exactly the earlier data, or every reason against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import StaleError, UserError
from teachers.models import ImportBatch, ImportState
from teachers.services.imports.undoing import resting_above
from teachers.services.imports.writing import PER_LOOK, store

from .changes import Values, plain

LISTED: Final = 3
Question = Callable[[ImportBatch], list[str]]

_questions: dict[str, list[Question]] = defaultdict(list)


def register_question(kind: str, question: Question) -> None:
    """Let a kind of import say what rests on a batch without pointing at its rows; sentences, none when free."""
    if question not in _questions[kind]:
        _questions[kind].append(question)


def blockers(batch: ImportBatch) -> list[str]:
    """Why the batch cannot be taken back, in sentences; empty when it can."""
    if batch.state != ImportState.COMMITTED:
        return ["该批次没有导入，或已经撤销"]
    resting = [reason for question in _questions[batch.kind] for reason in question(batch)]
    return [*resting, *resting_above(batch), *_moved_on(batch), *_pointed_at(batch)]


@transaction.atomic
def undo(batch: ImportBatch, *, actor: User) -> None:
    """Remove what the batch made and restore what it changed. Raises UserError with every reason against it."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.COMMITTED)
    if not waiting.update(state=ImportState.UNDONE, undone_at=timezone.now()):
        raise StaleError("该批次已被撤销，或尚未导入。")
    _lock(batch)
    if reasons := blockers(batch):
        raise UserError("不能撤销：" + "；".join(reasons) + "。")
    try:
        with transaction.atomic():
            _restore(batch)
            _remove(batch)
    except IntegrityError as problem:
        raise UserError("不能撤销：之后登记的数据与导入前的数据不能同时成立。请逐项更正。") from problem
    batch.refresh_from_db(fields=["state", "undone_at"])
    after = {"kind": batch.kind, "counts": batch.counts, "sha256": batch.sha256}
    audit.record(actor, "duties.import_undo", batch, after=after, college=batch.college_id)


def created(batch: ImportBatch) -> dict[str, dict[int, Values]]:
    """Rows that the batch made with the values it gave them, by model."""
    return {
        item["model"]: {int(key): values for key, values in item["values"].items()}
        for item in batch.changes
        if "created" in item
    }


def changed(batch: ImportBatch) -> dict[str, list[dict[str, Any]]]:
    """Rows that the batch changed, by model."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in batch.changes:
        if "pk" in item:
            found[item["model"]].append(item)
    return found


def _parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), PER_LOOK):
        yield keys[start : start + PER_LOOK]


def _written(batch: ImportBatch) -> dict[str, dict[int, Values]]:
    """What every row of the batch held when it was written."""
    found = created(batch)
    for model, items in changed(batch).items():
        found.setdefault(model, {}).update({item["pk"]: item["after"] for item in items})
    return found


def _lock(batch: ImportBatch) -> None:
    for label, rows in _written(batch).items():
        for part in _parts(sorted(rows)):
            list(apps.get_model(label)._base_manager.select_for_update().filter(pk__in=part).values_list("pk"))


def _moved_on(batch: ImportBatch) -> list[str]:
    """Rows that hold something else than the batch wrote, or are gone."""
    found = []
    for label, rows in _written(batch).items():
        model = apps.get_model(label)
        names = sorted({name for values in rows.values() for name in values})
        now = {
            row["pk"]: row
            for part in _parts(sorted(rows))
            for row in model._base_manager.filter(pk__in=part).values("pk", *names)
        }
        moved = [
            key
            for key, values in rows.items()
            if key in now and any(plain(now[key][name]) != value for name, value in values.items())
        ]
        if moved:
            found.append(f"{len(moved)} 条{model._meta.verbose_name}在导入之后又有改动（{_named(model, moved)}）")
        if gone := len(rows) - len(now):
            found.append(f"{gone} 条{model._meta.verbose_name}已不存在")
    return found


def _pointed_at(batch: ImportBatch) -> list[str]:
    """Rows from outside the batch that point at rows it made."""
    made = created(batch)
    found = []
    for label, rows in made.items():
        model = apps.get_model(label)
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            child, column = relation.related_model, relation.field.attname
            assert isinstance(child, type)
            assert issubclass(child, models.Model)
            own = made.get(child._meta.label, {})
            pointing = sum(
                key not in own
                for part in _parts(sorted(rows))
                for key in child._base_manager.filter(**{f"{column}__in": part}).values_list("pk", flat=True)
            )
            if pointing:
                found.append(f"已有 {pointing} 条{child._meta.verbose_name}用到新增的{model._meta.verbose_name}")
    return found


def _named(model: type[models.Model], keys: list[int]) -> str:
    links = [one.name for one in model._meta.concrete_fields if one.is_relation]
    rows = model._base_manager.select_related(*links).filter(pk__in=keys[:LISTED]).order_by("pk")
    return "、".join(str(row) for row in rows) + ("等" if len(keys) > LISTED else "")


def _remove(batch: ImportBatch) -> None:
    for label, rows in reversed(created(batch).items()):
        for part in _parts(sorted(rows)):
            # Nothing from outside points at them (see blockers), so no cascade has to be looked for.
            found = apps.get_model(label)._base_manager.filter(pk__in=part)
            found._raw_delete(found.db)


def _restore(batch: ImportBatch) -> None:
    for label, items in changed(batch).items():
        model = apps.get_model(label)
        by_columns: dict[tuple[str, ...], list[models.Model]] = defaultdict(list)
        for item in items:
            values = {name: _typed(model, name, value) for name, value in item["before"].items()}
            by_columns[tuple(sorted(values))].append(model(pk=item["pk"], **values))
        for names, rows in by_columns.items():
            store(model, rows, names)


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    column = model._meta.get_field(name)
    return column.to_python(value) if isinstance(column, models.Field) and not column.is_relation else value
