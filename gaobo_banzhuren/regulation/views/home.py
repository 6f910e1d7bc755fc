"""The start of 制度与校历, and the system-wide settings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.web.actions import FormPage
from gaobo_banzhuren.web.views import RolePage

from .. import policies
from ..forms import SystemSettingsForm
from ..in_force import current_version, rules_since, system_settings
from ..models import Interpretation, RuleVersion, SchoolYear
from ..reading_states import State, reading_states, unconfirmed_count
from ..services.system import save_system_settings

OFFICE = (Role.OFFICE,)
HOME: tuple[str, str] = ("制度与校历", "regulation:home")


def crumbs(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """制度与校历 › …"""
    return [(HOME[0], reverse(HOME[1])), *more]


@dataclass(frozen=True, slots=True)
class YearShown:
    """A school year of the list; only a year that is not over and lies under the rules waits for a confirmation."""

    year: SchoolYear
    rules_since: dt.date | None
    today: dt.date

    @property
    def before_rules(self) -> bool:
        return self.rules_since is None or self.year.ends_on < self.rules_since

    @property
    def is_over(self) -> bool:
        return self.year.ends_on < self.today


class HomePage(RolePage):
    title = "制度与校历"
    lead = "津贴和考核用的每个数字都在制度版本里；制度没有写明的地方，用的是哪种读法也在这里。"
    template_name = "regulation/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        states = reading_states()
        versions = RuleVersion.objects.visible_to(self.user)
        first_day = rules_since()
        return self.render(
            current=current_version(today),
            upcoming=versions.active().filter(effective_from__gt=today).order_by("effective_from"),
            drafts=versions.drafts(),
            can_decide=policies.can_decide(self.user),
            reading_count=len(states),
            unconfirmed=unconfirmed_count(states),
            changed=sum(state.state is State.CHANGED for state in states),
            year=SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first(),
            school_years=[YearShown(each, first_day, today) for each in SchoolYear.objects.all()],
            draft_url=reverse("regulation:draft_create"),
            unconfirmed_url=f"{reverse('regulation:readings')}?state={State.DEFAULT.name}",
            changed_url=f"{reverse('regulation:readings')}?state={State.CHANGED.name}",
            interpretation_count=Interpretation.objects.count(),
        )


class SystemSettingsPage(FormPage):
    roles = OFFICE
    title = "系统设置"
    lead = "不随制度版本变动、对全校一直有效的设置。"
    template_name = "regulation/settings_form.html"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return crumbs((self.title, None))

    def get_form(self) -> SystemSettingsForm:
        return SystemSettingsForm(**self.get_form_kwargs(), part=system_settings(), edition=0)

    def perform(self, form: Any) -> str:
        changed = save_system_settings(form.part, reason=form.cleaned_data["reason"], actor=self.user)
        return f"已修改 {changed} 项设置。" if changed else "没有改动。"

    def get_success_url(self) -> str:
        return reverse("regulation:home")
