"""Settings of chapter 1 that belong to a rule version (A-82, A-84). Standard library only."""

from __future__ import annotations

from dataclasses import dataclass

from .parts import Choice, setting


class DismissalDecider(Choice):
    """Who decides a dismissal under 第二条 (A-82)."""

    SCHOOL = "school", "二级学院提出，继续教育学院记录学校的决定"
    COLLEGE = "college", "二级学院决定，报继续教育学院备案"


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """Who decides a dismissal, and how many classes one person may lead."""

    dismissal_decider: DismissalDecider = setting("解聘由谁决定", "A-82")
    max_classes: int | None = setting("一名班主任最多带几个班", "A-84", unit="个", hint="不填 = 不限")

    def problems(self) -> list[str]:
        """Everything that keeps these settings from taking effect, in Chinese."""
        if self.max_classes is not None and self.max_classes < 1:
            return ["最多带班数：应为 1 以上，或不填（A-84）"]
        return []
