"""Counts of what students owe (5.5, 5.6) and of parents' telephones confirmed this school year (C4.1)."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce, Greatest

from gaobo_banzhuren.regulation.models import SchoolYear
from gaobo_banzhuren.regulation.rates import RateRules, RenewalMeasure
from teachers.models import RosterEntry

from ..figures import Figure
from ..models import FeeDue, FeePayment, PhoneConfirmation
from ..services.fee_rows import GONE
from .scopes import Scopes, Tally, line_at

PAYABLE = F("due_fen") - F("waived_fen")
LIABLE = Q(exempt=False) & Q(due_fen__gt=F("waived_fen"))
RENEWING = LIABLE & Q(first_period=False, listed=True)
IN_FULL = Q(due_fen=F("paid_fen") + F("waived_fen"))
IN_TIME = Q(in_time__gte=PAYABLE) | (IN_FULL & Q(paid_on__lte=F("last_day")))
NAMES = (
    "persons_due", "persons_paid", "persons_deferred", "renewal_due", "renewal_paid", "renewal_deferred", "money_due",
    "money_paid", "debtors",
)  # fmt: skip


def collect(scopes: Scopes) -> None:
    """Persons and money of the fee periods whose deadline lies in the days counted. One query.

    Due for renewal: on the roster of the class on the first day of the period, not exempt, not the first period (5.5).
    In time: by the deadline, with a deferral by the deferred day.
    """
    on_first_day = (
        RosterEntry.objects.standing()
        .filter(student=OuterRef("student"), school_class=OuterRef("school_class"))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("period__starts_on")))
        .filter(starts_on__lte=OuterRef("period__starts_on"))
        .exclude(state__in=GONE)
    )
    payments = FeePayment.objects.filter(due=OuterRef("pk"), on__lte=OuterRef("last_day")).order_by()
    dues = FeeDue.objects.annotate(
        listed=Exists(on_first_day),
        last_day=Greatest("period__deadline", Coalesce("deferred_until", "period__deadline")),
    ).annotate(in_time=Coalesce(Subquery(payments.values("due").annotate(paid=Sum("amount_fen")).values("paid")), 0))
    rows = scopes.grouped(
        dues, "school_class_id", "period__deadline",
        persons_due=Count("pk", filter=RENEWING),
        persons_paid=Count("pk", filter=RENEWING & IN_TIME),
        persons_deferred=Count("pk", filter=RENEWING & ~IN_TIME & Q(deferred_until__isnull=False)),
        renewal_due=Sum(PAYABLE, filter=RENEWING),
        renewal_paid=Sum(
            Case(When(IN_TIME, then=PAYABLE), default=F("in_time"), output_field=BigIntegerField()), filter=RENEWING
        ),
        renewal_deferred=Sum(
            PAYABLE - F("in_time"), filter=RENEWING & ~IN_TIME & Q(deferred_until__isnull=False)
        ),
        money_due=Sum(PAYABLE, filter=LIABLE),
        money_paid=Sum("paid_fen", filter=LIABLE),
        debtors=Count("pk", filter=LIABLE & ~IN_FULL),
    )  # fmt: skip
    for row, _, tally in rows:
        for name in NAMES:
            tally.numbers[name] += row[name] or 0


def collect_phones(scopes: Scopes) -> None:
    """Students of whom at least one guardian's number is confirmed in the school year of the last day. Two queries."""
    year = SchoolYear.objects.filter(starts_on__lte=scopes.window.last, ends_on__gte=scopes.window.last).first()
    if year is None:
        return
    rows = PhoneConfirmation.objects.filter(
        school_year=year,
        guardian__phone__endswith=F("tail"),
        student__roster_entries__school_class_id__in=scopes.class_ids,
    )
    confirmed = set(rows.values_list("student_id", flat=True).distinct())
    for tally in scopes.tallies.values():
        tally.people["confirmed"] = tally.people["students"] & confirmed


def renewal(tally: Tally, rules: RateRules) -> Figure:
    """续费率 by A-41: persons or money; an approved deferral counts as unpaid until paid, unless the reading says else."""
    numbers, defers = tally.numbers, rules.renewal_deferral_counts
    note = f"应缴 {numbers['persons_due']} 人，按期缴清 {numbers['persons_paid']} 人，缓缴 {numbers['persons_deferred']} 人"
    if rules.renewal_measure == RenewalMeasure.AMOUNT:
        paid, due = numbers["renewal_paid"] + (numbers["renewal_deferred"] if defers else 0), numbers["renewal_due"]
        how = f"{yuan(paid)} 元 ÷ {yuan(due)} 元"
    else:
        paid, due = numbers["persons_paid"] + (numbers["persons_deferred"] if defers else 0), numbers["persons_due"]
        how = ""
    return Figure(
        "renewal", "续费率", paid, due, line_at(rules.renewal_high_percent), note=note if due else "没有应续费的学生",
        how=how, readings=("A-41",), target_label="自定的线",
    )  # fmt: skip


def collection(tally: Tally) -> Figure:
    """收费率: money paid ÷ money due, after what was waived."""
    paid, due = tally.numbers["money_paid"], tally.numbers["money_due"]
    note = f"欠费 {tally.numbers['debtors']} 人，共 {yuan(due - paid)} 元" if due else "没有应缴费用"
    return Figure("collection", "收费率", paid, due, note=note, how=f"{yuan(paid)} 元 ÷ {yuan(due)} 元")


def phones(tally: Tally) -> Figure:
    students = tally.people["students"]
    return Figure("phones", "家长电话确认率", len(tally.people["confirmed"]), len(students), note="每学年重新确认")


def yuan(fen: int) -> str:
    """Amount in yuan with two decimals and separators."""
    return f"{fen // 100:,}.{fen % 100:02d}"
