"""The way of a sheet: submit, return, review, reopen (第十条一). Each step moves once, by the right person, on record."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from allowance import policies
from allowance.calculation import Month
from allowance.models import HeadcountSnapshot, MonthSheet, SheetEvent, SheetState, SheetVersion
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.regulation.in_force import rules_for_month
from gaobo_banzhuren.regulation.rules import Basis
from gaobo_banzhuren.regulation.school_calendar import payable
from gaobo_banzhuren.web.errors import StaleError, UserError
from gaobo_banzhuren.web.policy import Decision

from .gathering import gather, names_of
from .naming import refuse_student_names
from .rows import line_row
from .settlement import digest_of, rules_of


def locked(sheet: MonthSheet) -> MonthSheet:
    """The sheet as it is now, locked for the rest of the transaction."""
    return MonthSheet.objects.select_for_update(of=("self",)).select_related("college").get(pk=sheet.pk)


def move(
    sheet: MonthSheet, to: SheetState, *, action: str, actor: User, reason: str = "", audit: str, **fields: Any
) -> None:
    """Change the state if nobody else did, with the event and the audit entry; `fields` are written with it."""
    old = SheetState(sheet.state)
    if to not in policies.ALLOWED_MOVES[old]:
        raise UserError(f"{sheet} {old.label}，不能变为{to.label}")
    changed = MonthSheet.objects.filter(pk=sheet.pk, state=old, version=sheet.version).update(state=to, **fields)
    if not changed:
        raise StaleError(f"{sheet} 刚被其他人处理过，请刷新页面查看")
    SheetEvent.objects.create(
        sheet=sheet, action=action, old_state=old, new_state=to, version=fields.get("version", sheet.version),
        by=actor, by_name=actor.name, reason=reason,
    )  # fmt: skip
    record(
        actor,
        audit,
        sheet,
        before={"state": old.value},
        after={"state": to.value},
        reason=reason,
        college=sheet.college_id,
    )
    sheet.state = to
    for name, value in fields.items():
        setattr(sheet, name, value)


@transaction.atomic
def submit(sheet: MonthSheet, *, actor: User) -> MonthSheet:
    """Hand the draft to the office. From here on its lines, headcounts and names never change.

    Raises NotAllowed with what is still missing, StaleError when roster or appointments changed since it was computed.
    """
    sheet = locked(sheet)
    policies.can_submit(actor, sheet).require()
    _check_fresh(sheet)
    _freeze_names(sheet)
    move(
        sheet, SheetState.SUBMITTED, action="提交", actor=actor, audit="allowance.submit",
        submitted_at=timezone.now(), submitted_by=actor,
    )  # fmt: skip
    return sheet


def _check_fresh(sheet: MonthSheet) -> None:
    """A draft computed from facts that have changed since must be computed again, or the sheet would be wrong at birth."""
    rules = rules_for_month(sheet.month)
    state = payable(sheet.month)
    facts = gather(Month.of(sheet.month), rules.allowance, rules.effective_from)
    lines = []
    if state.payable:
        cut, result = facts.compute()
        months = {teacher.teacher_key: teacher.to_dict() for teacher in cut.teachers}
        lines = [
            line_row(sheet, line, facts.teacher_rows[line.teacher_key], months[line.teacher_key])
            for line in result.lines
            if line.college == sheet.college.code and line.amount_fen
        ]
    kept = list(sheet.lines.all())
    adjustments = [line for line in kept if line.adjustment_id]
    lines.sort(key=lambda row: (row.staff_no, row.kind != "在读"))
    if digest_of([*lines, *adjustments], rules.allowance.to_dict()) != sheet.inputs_digest:
        raise StaleError("结算之后名册、聘任或制度又有变化，请先重新结算并核对，再提交")


def _freeze_names(sheet: MonthSheet) -> None:
    """Keep the names behind every headcount; their number must be the frozen headcount."""
    rules = rules_of(sheet)
    states = [state.label for state in rules.counted_states]
    snapshots = list(sheet.headcounts.all())
    for snapshot in snapshots:
        names = names_of(snapshot.school_class_id, snapshot.basis_on, states)
        snapshot.roster = "\n".join(f"{number} {name}" for number, name in names)
        if len(names) != snapshot.headcount and rules.basis not in (Basis.DAILY, Basis.AVERAGE):
            raise StaleError(f"{snapshot.class_name} 的名单与基准人数不符，请重新结算后再提交")
    HeadcountSnapshot.objects.bulk_update(snapshots, ["roster"], batch_size=200)


@transaction.atomic
def return_to_college(sheet: MonthSheet, *, actor: User, reason: str) -> MonthSheet:
    """退回: back to draft with the reason; the submitted version is kept whole."""
    sheet = locked(sheet)
    policies.can_return(actor, sheet).require()
    return _back_to_draft(sheet, actor=actor, reason=reason, action="退回", audit="allowance.return")


@transaction.atomic
def reopen(sheet: MonthSheet, *, actor: User, reason: str) -> MonthSheet:
    """Take a reviewed sheet back before hand-over: a new version begins, the old one stays to be compared with."""
    sheet = locked(sheet)
    policies.can_reopen(actor, sheet).require()
    return _back_to_draft(sheet, actor=actor, reason=reason, action="重新打开", audit="allowance.reopen")


def _back_to_draft(sheet: MonthSheet, *, actor: User, reason: str, action: str, audit: str) -> MonthSheet:
    reason = reason.strip()
    if not reason:
        raise UserError("请写明原因，学院据此修改")
    refuse_student_names(reason, sheet)
    SheetVersion.objects.create(sheet=sheet, version=sheet.version, payload=version_payload(sheet), reason=reason)
    move(
        sheet, SheetState.DRAFT, action=action, actor=actor, reason=reason, audit=audit, version=sheet.version + 1,
        submitted_at=None, submitted_by=None, reviewed_at=None, reviewed_by=None,
    )  # fmt: skip
    return sheet


@transaction.atomic
def review(sheet: MonthSheet, *, actor: User, note: str = "") -> MonthSheet:
    """审核: the office accepts the submitted sheet; it can be bundled for HR from now on."""
    sheet = locked(sheet)
    policies.can_review(actor, sheet).require()
    refuse_student_names(note, sheet)
    move(
        sheet, SheetState.REVIEWED, action="审核", actor=actor, reason=note.strip(), audit="allowance.review",
        reviewed_at=timezone.now(), reviewed_by=actor,
    )  # fmt: skip
    return sheet


LINE_FIELDS = (
    "sequence", "staff_no", "name", "category", "kind", "classes", "headcount", "coefficient", "monthly_rate", "days",
    "month_days", "formula", "amount_fen", "remark", "inputs", "result",
)  # fmt: skip


def version_payload(sheet: MonthSheet) -> dict[str, Any]:
    """The whole sheet as data: head, lines, headcounts and confirmed warnings."""
    return {
        "head": {
            "state": sheet.state,
            "total_fen": sheet.total_fen,
            "school_fen": sheet.school_fen,
            "college_fen": sheet.college_fen,
            "people": sheet.people,
            "rule_label": sheet.rule_label,
            "rules": sheet.rules,
            "inputs_digest": sheet.inputs_digest,
            "computed_at": sheet.computed_at.isoformat() if sheet.computed_at else "",
            "submitted_by": sheet.submitted_by.name if sheet.submitted_by else "",
        },
        "lines": list(sheet.lines.values(*LINE_FIELDS)),
        "headcounts": [
            {"class_code": code, "class_name": name, "headcount": count, "basis_on": f"{day}", "roster": roster}
            for code, name, count, day, roster in sheet.headcounts.values_list(
                "class_code", "class_name", "headcount", "basis_on", "roster"
            )
        ],
        "warnings": [
            {"code": row.code, "subject": row.subject, "text": row.text, "reason": row.reason,
             "by": row.confirmed_by.name if row.confirmed_by else ""}
            for row in sheet.warnings.select_related("confirmed_by")
        ],
    }  # fmt: skip


def next_step(user: User, sheet: MonthSheet) -> dict[str, Decision]:
    """Every action on the sheet with its answer for the person, for the buttons of the page."""
    return {
        "settle": policies.can_edit_draft(user, sheet),
        "submit": policies.can_submit(user, sheet),
        "return": policies.can_return(user, sheet),
        "review": policies.can_review(user, sheet),
        "reopen": policies.can_reopen(user, sheet),
    }
