"""Takes a batch back: exactly the earlier data, or a list of what stands in the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import RoleGrant, User
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.errors import StaleError, UserError

from ...models import ImportBatch, ImportState, RosterEntry
from .operations import IN_ORDER
from .writing import PER_LOOK, as_json, lock_rows, store

Dependency = Callable[[ImportBatch], list[str]]
LISTED: Final = 3

_dependencies: list[Dependency] = []


def register_dependency(question: Dependency) -> None:
    """Let a higher floor say what of its own rests on a batch: `question(batch)` gives sentences, none when free.

    Registering twice changes nothing.
    """
    if question not in _dependencies:
        _dependencies.append(question)


def resting_above(batch: ImportBatch) -> list[str]:
    """What higher floors say of their own that rests on the batch."""
    return [reason for question in _dependencies for reason in question(batch)]


def created_rows(batch: ImportBatch, model_name: str) -> list[int]:
    """Keys of the rows of a model (e.g. "teachers.Student") that the batch made."""
    return [pk for item in batch.changes if item["model"] == model_name for pk in item.get("created", ())]


def changed_rows(batch: ImportBatch, model_name: str) -> list[int]:
    """Keys of the rows of a model that the batch changed."""
    return [item["pk"] for item in batch.changes if item["model"] == model_name and "pk" in item]


def blockers(batch: ImportBatch) -> list[str]:
    """Why the batch cannot be taken back, in sentences; empty when it can."""
    if batch.state != ImportState.COMMITTED:
        return ["该批次没有导入，或已经撤销"]
    found = [*_later_batches(batch), *resting_above(batch)]
    return found or [*_changed_since(batch), *_pointed_at(batch)]


def undo(batch: ImportBatch, *, actor: User | None) -> None:
    """Remove what the batch made and restore what it changed. Raises UserError with every reason against it."""
    with transaction.atomic():
        moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.COMMITTED).update(
            state=ImportState.UNDONE, undone_at=timezone.now()
        )
        if not moved:
            raise StaleError("该批次已被撤销，或尚未导入。")
        batch.state = ImportState.COMMITTED
        reasons = blockers(batch)
        if reasons:
            raise UserError("不能撤销：" + "；".join(reasons) + "。")
        try:
            with transaction.atomic():
                _remove(batch)
                _restore(batch)
        except IntegrityError as problem:
            raise UserError("不能撤销：之后登记的数据与导入前的数据不能同时成立。请逐项更正。") from problem
        batch.refresh_from_db(fields=["state", "undone_at"])
        after = {"counts": batch.counts, "sha256": batch.sha256}
        audit.record(actor, "teachers.import_undo", batch, after=after, college=batch.college_id)


def _later_batches(batch: ImportBatch) -> list[str]:
    later = ImportBatch.objects.filter(
        state=ImportState.COMMITTED, committed_at__gt=batch.committed_at, kind=batch.kind
    )
    if batch.college_id is not None:
        later = later.filter(models.Q(college_id=batch.college_id) | models.Q(college_id=None))
    newest = later.only("file_name", "committed_at").order_by("-committed_at").first()
    if newest is None:
        return []
    moment = timezone.localtime(newest.committed_at)
    return [f"之后又导入了「{newest.file_name}」（{moment:%Y-%m-%d %H:%M}），请先撤销那一批"]


def _changed_since(batch: ImportBatch) -> list[str]:
    """Rows that hold something else than the batch wrote."""
    found = []
    for model_name, items in _updates(batch).items():
        model = apps.get_model(model_name)
        names = sorted({name for item in items for name in item["after"]})
        current = (
            lock_rows(model, [item["pk"] for item in items], names) if _in_transaction() else _look(model, items, names)
        )
        moved = [
            item["pk"]
            for item in items
            if item["pk"] not in current or as_json({n: current[item["pk"]][n] for n in item["after"]}) != item["after"]
        ]
        if moved:
            found.append(f"{len(moved)} 条{model._meta.verbose_name}在导入之后又有改动（{_named(model, moved)}）")
    return found


def _in_transaction() -> bool:
    return transaction.get_connection().in_atomic_block


def _look(model: type[models.Model], items: list[dict[str, Any]], names: list[str]) -> dict[int, dict[str, Any]]:
    rows = model._base_manager.filter(pk__in=[item["pk"] for item in items]).values("pk", *names)
    return {row["pk"]: row for row in rows}


def _updates(batch: ImportBatch) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in batch.changes:
        if "pk" in item:
            found[item["model"]].append(item)
    return found


def _pointed_at(batch: ImportBatch) -> list[str]:
    """Rows from outside the batch that point at rows it made, and made rows that were changed since."""
    made: dict[type[models.Model], list[int]] = {
        apps.get_model(name): created_rows(batch, name) for name in IN_ORDER if created_rows(batch, name)
    }
    found = []
    updates = _updates(batch)
    for model, keys in made.items():
        for relation in model._meta.related_objects:
            child = relation.related_model
            assert isinstance(child, type)
            column = relation.field.attname
            # Rows that the batch itself pointed here go back to what they pointed at before.
            turned = {item["pk"] for item in updates.get(child._meta.label, ()) if column in item["after"]}
            own = turned.union(made.get(child, ()))
            pointing = [pk for pk, target in _pointing(child, column, keys) if pk not in own]
            if pointing:
                found.append(f"已有 {len(pointing)} 条{child._meta.verbose_name}用到新增的{model._meta.verbose_name}")
        if model is RosterEntry:
            found += _later_spans(batch, keys)
        elif any(field.name == "version" for field in model._meta.fields):
            changed = _touched(batch, model, keys)
            if changed:
                found.append(
                    f"{len(changed)} 条新增的{model._meta.verbose_name}之后又有改动（{_named(model, changed)}）"
                )
        gone = len(keys) - sum(model._base_manager.filter(pk__in=part).count() for part in _parts(keys))
        if gone:
            found.append(f"{gone} 条新增的{model._meta.verbose_name}已不存在")
    return found


def _later_spans(batch: ImportBatch, keys: list[int]) -> list[str]:
    """Spans recorded after the batch for students whose spans it made; a span that was closed since has one."""
    later = 0
    for part in _parts(keys):
        students = RosterEntry.objects.filter(pk__in=part).values("student_id")
        rows = RosterEntry.objects.filter(student_id__in=students, recorded_at__gt=batch.committed_at)
        voided = RosterEntry.objects.filter(pk__in=part, voided_at__isnull=False)
        later += rows.count() + voided.count()
    return [f"之后又登记了 {later} 条名册记录"] if later else []


def _pointing(child: type[models.Model], column: str, keys: list[int]) -> list[tuple[int, int]]:
    return [
        row
        for part in _parts(keys)
        for row in child._base_manager.filter(**{f"{column}__in": part}).values_list("pk", column)
    ]


def _touched(batch: ImportBatch, model: type[models.Model], keys: list[int]) -> list[int]:
    """Rows whose version has risen since the batch made them; there and back by a later, undone batch is two steps."""
    risen = {
        pk: version
        for part in _parts(keys)
        for pk, version in model._base_manager.filter(pk__in=part, version__gt=1).values_list("pk", "version")
    }
    if not risen:
        return []
    undone = ImportBatch.objects.filter(state=ImportState.UNDONE, committed_at__gt=batch.committed_at)
    steps = Counter(
        item["pk"]
        for changes in undone.values_list("changes", flat=True)
        for item in changes
        if item["model"] == model._meta.label and "pk" in item
    )
    return [pk for pk, version in risen.items() if version != 1 + 2 * steps[pk]]


def _parts(keys: list[int]) -> list[list[int]]:
    return [keys[start : start + PER_LOOK] for start in range(0, len(keys), PER_LOOK)]


def _named(model: type[models.Model], keys: list[int]) -> str:
    rows = list(model._base_manager.filter(pk__in=keys[:LISTED]))
    more = "等" if len(keys) > LISTED else ""
    return "、".join(str(row) for row in rows) + more


def _remove(batch: ImportBatch) -> None:
    for model_name in reversed(IN_ORDER):
        model = apps.get_model(model_name)
        for part in _parts(created_rows(batch, model_name)):
            # Nothing points at them (see blockers), so no cascade has to be looked for.
            rows = model._base_manager.filter(pk__in=part)
            rows._raw_delete(rows.db)


def _restore(batch: ImportBatch) -> None:
    for model_name, items in _updates(batch).items():
        model = apps.get_model(model_name)
        by_fields: dict[tuple[str, ...], list[models.Model]] = defaultdict(list)
        for item in items:
            values = {name: model._meta.get_field(name).to_python(value) for name, value in item["before"].items()}
            by_fields[tuple(sorted(values))].append(model(pk=item["pk"], **values))
        for names, instances in by_fields.items():
            store(model, instances, names)


def people_without_access(batch: ImportBatch) -> int:
    """How many people the batch made who have never signed in and have no code yet."""
    keys = created_rows(batch, "accounts.User")
    grants = RoleGrant.objects.filter(user_id__in=keys).values("user_id")
    return User.objects.filter(pk__in=grants, one_time_codes=None, password_changed_at=None).count()
