"""The parts of one rule version together: read, write, check, compare. Standard library only."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import rules as allowance_rules
from .appointment_rules import AppointmentRules
from .assessment_rules import AssessmentRules
from .leaves import NOT_SET, Leaf, leaves
from .parts import from_json, to_json
from .rates import RateRules
from .rules import AllowanceRules

PARTS: Mapping[str, type] = {
    "allowance": AllowanceRules,
    "rates": RateRules,
    "assessment": AssessmentRules,
    "appointment": AppointmentRules,
}
PART_LABELS: Mapping[str, str] = {
    "allowance": "津贴（第十条）",
    "rates": "比率与次数（第五、九条）",
    "assessment": "考核（第七至十条）",
    "appointment": "聘任（第一、二、十一条）",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a rule version decides."""

    allowance: AllowanceRules
    rates: RateRules
    assessment: AssessmentRules
    appointment: AppointmentRules

    def leaves(self) -> Iterable[Leaf]:
        """All settings with paths such as `allowance.base_rate`, in a fixed order."""
        for name in PARTS:
            yield from leaves(getattr(self, name), name)

    def problems(self) -> list[str]:
        """Every reason in Chinese why these parts cannot be put into force together."""
        return [
            *allowance_rules.validate(self.allowance),
            *self.rates.problems(),
            *self.assessment.problems(),
            *self.appointment.problems(),
        ]


@dataclass(frozen=True, slots=True)
class Rules:
    """One rule version as calculations see it. `digest` names its exact content."""

    version_id: int
    title: str
    effective_from: dt.date
    digest: str
    parts: Parts

    @property
    def label(self) -> str:
        """Short name for sheets and pages: title and first day in force."""
        return f"{self.title}（{self.effective_from.isoformat()} 起）"

    @property
    def allowance(self) -> AllowanceRules:
        return self.parts.allowance

    @property
    def rates(self) -> RateRules:
        return self.parts.rates

    @property
    def assessment(self) -> AssessmentRules:
        return self.parts.assessment

    @property
    def appointment(self) -> AppointmentRules:
        return self.parts.appointment


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs between two versions, in words."""

    path: str
    part: str
    label: str
    section: str
    silent: str
    old: str
    new: str


def read_parts(data: Mapping[str, Any]) -> Parts:
    """The parts stored by `write_parts`; `PartError` names everything that does not fit."""
    return from_json(Parts, dict(data))


def write_parts(parts: Parts) -> dict[str, Any]:
    """JSON data from which `read_parts` makes an equal object."""
    data: dict[str, Any] = to_json(parts)
    return data


def digest_of(data: Mapping[str, Any]) -> str:
    """Content digest of stored parts, independent of key order and spacing."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Parts, new: Parts) -> list[Difference]:
    """Settings whose value differs, in the order of the new parts; a row that only one side has is 不设 on the other."""
    before = {leaf.path: leaf for leaf in old.leaves()}
    after = {leaf.path: leaf for leaf in new.leaves()}
    paths = [*after, *(path for path in before if path not in after)]
    return [_difference(path, before.get(path), after.get(path)) for path in paths if _differs(path, before, after)]


def _differs(path: str, before: Mapping[str, Leaf], after: Mapping[str, Leaf]) -> bool:
    return path not in before or path not in after or before[path].value != after[path].value


def _difference(path: str, old: Leaf | None, new: Leaf | None) -> Difference:
    shown = new or old
    assert shown is not None
    return Difference(
        path=path,
        part=PART_LABELS[path.split(".")[0]],
        label=shown.label,
        section=shown.section,
        silent=shown.silent,
        old=old.text if old else NOT_SET,
        new=new.text if new else NOT_SET,
    )
