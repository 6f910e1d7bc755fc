"""The retake list of a class: per student what is still to be passed, who was spoken to, whose plan is agreed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from teachers.models import Student

from .. import retakes
from ..kinds.words import RETAKE
from ..models import Course
from ..policies.reading import told_to
from .exam_common import ClassPage, Crumbs


def mention_url(mention: retakes.Mention | None, told: Collection[UUID]) -> str:
    """The record behind a tick, where the person may know it."""
    return reverse("duties:record", args=[mention.public_id]) if mention and mention.public_id in told else ""


class RetakesPage(ClassPage):
    title = "补考与重考"
    template_name = "duties/retakes.html"

    def get_title(self) -> str:
        return f"{self.school_class.name} {self.title}"

    def get_breadcrumbs(self) -> Crumbs:
        return [("考试", reverse("duties:exams")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = retakes.open_retakes([self.school_class.pk])
        histories = retakes.histories(self.school_class.pk)
        self.told = told_to(self.user, (one.public_id for row in rows for one in (row.talk, row.plan) if one))
        open_pairs = {(row.student, row.course) for row in rows}
        people: dict[Student, list[retakes.Retake]] = {}
        for row in rows:
            people.setdefault(row.student, []).append(row)
        return super().get_context_data(**kwargs) | {
            "people": [self.card(student, own, histories) for student, own in people.items()],
            "talked": retakes.talked(rows),
            "planned": retakes.planned(rows),
            "cleared": [(key, attempts) for key, attempts in histories.items() if key not in open_pairs],
        }

    def card(
        self, student: Student, rows: list[retakes.Retake], histories: dict[tuple[Student, Course], list[Any]]
    ) -> dict[str, Any]:
        """One student: the courses with their ticks, and buttons that open the filled-in form for what is missing."""
        latest = max(rows, key=lambda row: row.session.starts_on).session
        courses = [
            {
                "row": row,
                "attempts": histories.get((student, row.course), []),
                "talk_url": mention_url(row.talk, self.told),
                "plan_url": mention_url(row.plan, self.told),
            }
            for row in rows
        ]
        unplanned = "、".join(row.course.name for row in rows if row.plan is None)
        return {
            "student": student,
            "courses": courses,
            "untalked": any(row.talk is None for row in rows),
            "unplanned": bool(unplanned),
            "new_talk": self.record_url("talk", [student.pk], category=RETAKE, session=latest.pk),
            "new_plan": self.record_url(
                "review_plan", [student.pk], courses=unplanned or "、".join(row.course.name for row in rows)
            ),
        }  # fmt: skip
