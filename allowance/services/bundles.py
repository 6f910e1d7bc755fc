"""Bundles of reviewed sheets: made by the office, handed to HR once, received by HR (第十条一)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from allowance import policies
from allowance.models import Bundle, BundleState, MonthSheet, SheetState
from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.audit.services import record
from gaobo_banzhuren.web.errors import StaleError, UserError

from .workflow import move

ATTEMPTS = 5


@transaction.atomic
def create_bundle(sheets: Sequence[MonthSheet], *, actor: User, note: str = "") -> Bundle:
    """A new bundle with the reviewed sheets. All or nothing: one sheet that is not free refuses the whole."""
    policies.can_bundle(actor).require()
    if not sheets:
        raise UserError("请至少选择一张已审核的月表")
    bundle = _numbered(note.strip(), actor)
    record(actor, "allowance.bundle_create", bundle, after={"sheets": [str(sheet) for sheet in sheets]})
    _take(bundle, sheets)
    return bundle


def _numbered(note: str, actor: User) -> Bundle:
    """A bundle with the year's next number, JT-year-running number. Whoever is a moment later takes the one after."""
    year = timezone.localdate().year
    for _ in range(ATTEMPTS):
        last = Bundle.objects.filter(number__startswith=f"JT-{year}-").order_by("-number").first()
        running = int(last.number.rsplit("-", 1)[1]) + 1 if last else 1
        try:
            with transaction.atomic():
                return Bundle.objects.create(number=f"JT-{year}-{running:03d}", note=note, created_by=actor)
        except IntegrityError:
            continue
    raise StaleError("批次编号正被他人使用，请稍后再试")


def _take(bundle: Bundle, sheets: Sequence[MonthSheet]) -> None:
    wanted = sorted({sheet.pk for sheet in sheets})
    taken = MonthSheet.objects.filter(pk__in=wanted, state=SheetState.REVIEWED, bundle__isnull=True).update(
        bundle=bundle
    )
    if taken != len(wanted):
        raise StaleError("所选月表中有的不是已审核状态，或已在其他批次，请刷新后重新选择")


@transaction.atomic
def add_sheets(bundle: Bundle, sheets: Sequence[MonthSheet], *, actor: User) -> None:
    """Put further reviewed sheets into an open bundle."""
    bundle = _locked(bundle)
    policies.can_change_bundle(actor, bundle).require()
    _take(bundle, sheets)
    record(actor, "allowance.bundle_add", bundle, after={"sheets": [str(sheet) for sheet in sheets]})


@transaction.atomic
def remove_sheet(bundle: Bundle, sheet: MonthSheet, *, actor: User) -> None:
    """Take a sheet out of an open bundle; it stays reviewed."""
    bundle = _locked(bundle)
    policies.can_change_bundle(actor, bundle).require()
    removed = MonthSheet.objects.filter(pk=sheet.pk, bundle=bundle, state=SheetState.REVIEWED).update(bundle=None)
    if not removed:
        raise StaleError("该月表已不在批次中")
    record(actor, "allowance.bundle_remove", bundle, after={"sheet": str(sheet)})


@transaction.atomic
def hand_over(bundle: Bundle, *, actor: User) -> Bundle:
    """送人事: from now on nothing in the bundle changes. Refused while the payable months are not confirmed (A-04)."""
    bundle = _locked(bundle)
    policies.can_hand_over(actor, bundle).require()
    now = timezone.now()
    _move(bundle, BundleState.OPEN, BundleState.HANDED_OVER, handed_over_by=actor, handed_over_at=now)
    for sheet in _sheets(bundle):
        move(sheet, SheetState.HANDED_OVER, action="送人事", actor=actor, audit="allowance.hand_over")
    record(actor, "allowance.bundle_hand_over", bundle, after=_totals(bundle))
    return bundle


@transaction.atomic
def receive(bundle: Bundle, *, actor: User, note: str = "") -> Bundle:
    """人事部门接收: the end of the way."""
    bundle = _locked(bundle)
    policies.can_receive(actor, bundle).require()
    now = timezone.now()
    _move(
        bundle,
        BundleState.HANDED_OVER,
        BundleState.RECEIVED,
        received_by=actor,
        received_at=now,
        receipt_note=note.strip(),
    )
    for sheet in _sheets(bundle):
        move(sheet, SheetState.RECEIVED, action="接收", actor=actor, audit="allowance.receive", reason=note.strip())
    record(actor, "allowance.bundle_receive", bundle, after=_totals(bundle), reason=note.strip())
    return bundle


def _locked(bundle: Bundle) -> Bundle:
    return Bundle.objects.select_for_update().get(pk=bundle.pk)


def _sheets(bundle: Bundle) -> list[MonthSheet]:
    return list(
        bundle.sheets.select_for_update(of=("self",)).select_related("college").order_by("college__code", "month")
    )


def _move(bundle: Bundle, old: BundleState, new: BundleState, **fields: object) -> None:
    if not Bundle.objects.filter(pk=bundle.pk, state=old).update(state=new, **fields):
        raise StaleError(f"批次 {bundle} 刚被其他人处理过，请刷新页面查看")
    bundle.state = new
    for name, value in fields.items():
        setattr(bundle, name, value)


def _totals(bundle: Bundle) -> dict[str, int]:
    sheets = list(bundle.sheets.all())
    return {
        "sheets": len(sheets),
        "total_fen": sum(sheet.total_fen for sheet in sheets),
        "school_fen": sum(sheet.school_fen for sheet in sheets),
        "college_fen": sum(sheet.college_fen for sheet in sheets),
    }
