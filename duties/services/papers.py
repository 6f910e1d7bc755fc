"""Plans and summaries of a class and term: written, handed in, withdrawn, returned, reviewed (C9.1.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.services import record as audit
from gaobo_banzhuren.audit.services import sensitive
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.regulation.models import Term
from gaobo_banzhuren.web.errors import NotAllowed, StaleError, UserError
from teachers.models import Appointment, ClassTeacher, SchoolClass

from ..drafting import draft_summary
from ..models import PaperState, PaperVersion, TermPaper
from ..policies import papers as policies

FILE_PURPOSE = "duties.paper"
MOST_FILES = 9
LONGEST_TEXT = 20_000
WITHDRAWN = "本人撤回"


@transaction.atomic
def begin(actor: User, kind: str, school_class: SchoolClass, term: Term) -> TermPaper:
    """The own paper of the kind, class and term; a new draft when there is none yet."""
    if kind not in TermPaper.Kind.values:
        raise UserError("请选择工作计划或工作总结。")
    policies.can_begin(actor, school_class, term).require()
    teacher = ClassTeacher.objects.filter(user=actor).first()
    if teacher is None:
        raise NotAllowed("您的账号没有班主任信息。")
    paper, _ = TermPaper.objects.get_or_create(kind=kind, teacher=teacher, school_class=school_class, term=term)
    return paper


@transaction.atomic
def set_due(actor: User, college: College, kind: str, term: Term, due_on: dt.date | None) -> int:
    """Set (or with None take away) the day by which the college wants its classes' papers of the term.

    Whoever leads a class now, or led it at the end of a term that is over, gets a draft to write when there is none.
    Papers that were handed in keep their day. Gives how many papers have the day. Raises UserError for a day before the
    term.
    """
    policies.can_set_due(actor, college.pk).require()
    if kind not in TermPaper.Kind.values:
        raise UserError("请选择工作计划或工作总结。")
    if due_on is not None and due_on < term.starts_on:
        raise UserError(f"期限不能早于学期开始（{term.starts_on:%Y-%m-%d}）。")
    day = min(max(timezone.localdate(), term.starts_on), term.ends_on)
    posts = Appointment.objects.on(day).filter(school_class__college=college)
    rows = TermPaper.objects.filter(kind=kind, term=term, school_class__college=college)
    known = set(rows.values_list("teacher_id", "school_class_id"))
    wanted = set(posts.values_list("teacher_id", "school_class_id")) - known
    TermPaper.objects.bulk_create(
        [
            TermPaper(kind=kind, term=term, teacher_id=teacher, school_class_id=school_class)
            for teacher, school_class in sorted(wanted)
        ]
    )
    # The version stays: who is writing just now loses nothing by another day.
    done = rows.filter(state__in=policies.OPEN).update(due_on=due_on)
    after = {"kind": kind, "term": term.pk, "due_on": due_on, "papers": done}
    audit(actor, "duties.paper_due", college, after=after, college=college.pk)
    return done


@transaction.atomic
def write(actor: User, paper: TermPaper, text: str, *, version: int | None = None) -> TermPaper:
    """Save the text. Raises StaleError when it was saved elsewhere since `version` was seen."""
    policies.can_write(actor, paper).require()
    if len(text) > LONGEST_TEXT:
        raise UserError(f"正文最多 {LONGEST_TEXT} 个字，现有 {len(text)} 个。")
    _move(paper, "write", seen=version, text=text.strip())
    return paper


@transaction.atomic
def compose(actor: User, paper: TermPaper) -> TermPaper:
    """Put a draft made from the records under what is written already; nothing of that is lost or changed."""
    policies.can_write(actor, paper).require()
    if paper.kind != TermPaper.Kind.SUMMARY:
        raise UserError("只有工作总结可以从记录生成草稿。")
    draft = draft_summary(actor, paper.school_class, paper.term)
    text = f"{paper.text}\n\n{draft}" if paper.text else draft
    if len(text) > LONGEST_TEXT:
        raise UserError(f"加上草稿会超过 {LONGEST_TEXT} 个字，请先精简正文。")
    _move(paper, "write", text=text)
    return paper


@transaction.atomic
def attach(actor: User, paper: TermPaper, uploads: Iterable[Any]) -> list[StoredFile]:
    policies.can_write(actor, paper).require()
    files = list(uploads)
    if paper.files.count() + len(files) > MOST_FILES:
        raise UserError(f"最多 {MOST_FILES} 个附件。")
    stored = [store(upload, owner=actor, purpose=FILE_PURPOSE) for upload in files]
    paper.files.add(*stored)
    return stored


@transaction.atomic
def submit(actor: User, paper: TermPaper) -> PaperVersion:
    """Hand the paper in. What was handed in is kept as a version of its own."""
    policies.can_submit(actor, paper).require()
    if not paper.text and not paper.files.exists():
        raise UserError("还没有正文或附件，不能提交。")
    now = timezone.now()
    first = paper.submitted_on or timezone.localdate(now)
    _move(paper, "submit", state=PaperState.SUBMITTED, submitted_at=now, submitted_on=first)
    made = PaperVersion.objects.create(paper=paper, number=paper.versions.count() + 1, text=paper.text)
    _log(actor, "duties.paper_submit", paper, number=made.number, text=sensitive(paper.text))
    return made


@transaction.atomic
def withdraw(actor: User, paper: TermPaper) -> TermPaper:
    """Take it back before it is reviewed; it counts as not handed in until it is submitted again."""
    policies.can_withdraw(actor, paper).require()
    _move(paper, "withdraw", state=PaperState.DRAFT, submitted_at=None, submitted_on=None)
    _answer(paper, PaperState.DRAFT, WITHDRAWN)
    _log(actor, "duties.paper_withdraw", paper)
    return paper


@transaction.atomic
def send_back(actor: User, paper: TermPaper, reason: str) -> TermPaper:
    policies.can_return(actor, paper).require()
    if not reason.strip():
        raise UserError("请写明退回的原因，班主任会看到。")
    _move(paper, "return", state=PaperState.RETURNED)
    _answer(paper, PaperState.RETURNED, reason)
    _log(actor, "duties.paper_return", paper, reason=reason.strip())
    return paper


@transaction.atomic
def review(actor: User, paper: TermPaper, text: str = "") -> TermPaper:
    """Reviewed, with a comment or without."""
    policies.can_review(actor, paper).require()
    values: dict[str, Any] = {"reviewed_by": actor, "reviewed_at": timezone.now(), "review_text": text.strip()}
    _move(paper, "review", state=PaperState.REVIEWED, **values)
    _answer(paper, PaperState.REVIEWED, text)
    _log(actor, "duties.paper_review", paper, text=sensitive(text))
    return paper


def may_open_file(user: User, stored: StoredFile) -> bool:
    """Files of a paper open for those who see it."""
    return TermPaper.objects.visible_to(user).filter(files=stored).exists()


def _answer(paper: TermPaper, outcome: str, text: str) -> None:
    latest = paper.versions.order_by("-number")[:1]
    PaperVersion.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).update(
        outcome=outcome, outcome_text=text.strip(), outcome_at=timezone.now()
    )


def _move(paper: TermPaper, move: str, *, seen: int | None = None, **values: Any) -> None:
    rows = TermPaper.objects.filter(
        pk=paper.pk, version=paper.version if seen is None else seen, state__in=policies.MOVES[move]
    )
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), **values):
        raise StaleError("这份计划或总结刚在别处被修改或办理，您的改动没有保存。请核对后再改。")
    for name, value in values.items():
        setattr(paper, name, value)
    paper.version = (paper.version if seen is None else seen) + 1


def _log(actor: User, action: str, paper: TermPaper, *, reason: str = "", **facts: Any) -> None:
    after = {"kind": paper.kind, "state": paper.state, "class": paper.school_class_id, "term": paper.term_id, **facts}
    audit(actor, action, paper, after=after, reason=reason, college=paper.school_class.college_id)
