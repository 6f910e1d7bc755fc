"""What accounts bring to the start page and to the search from anywhere."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from gaobo_banzhuren.web.home import Action, Panel, PanelItem, register_panel
from gaobo_banzhuren.web.search import Hit, register

from . import policies
from .models import OneTimeCode, SignInAttempt, User
from .policies import MANAGERS
from .roles import Role

PANEL_ORDER = 90


def accounts_panel(user: User) -> Panel:
    """Who has never come in, whose code ran out unused, and, for who watches over it, how often the door stayed shut."""
    people = User.objects.visible_to(user).filter(is_active=True)
    never = people.filter(last_login=None)
    now = timezone.now()
    unused = OneTimeCode.objects.filter(used_at=None, withdrawn_at=None)
    waiting = never.filter(pk__in=unused.filter(expires_at__gt=now).values("user")).count()
    without_code = never.count() - waiting
    items = []
    if without_code:
        address = reverse("accounts:issue_codes")
        items.append(PanelItem("从未登录、也没有有效登录码", without_code, address, "warning"))
    if waiting:
        items.append(PanelItem("已发登录码、还没有登录", waiting, f"{reverse('accounts:people')}?state=code", "info"))
    if user.access.has(Role.SYSADMIN):
        items += _refused(now)
    action = Action("批量发登录码", reverse("accounts:issue_codes"), "key") if without_code else None
    return Panel("账号", items, "所有启用的账号都登录过。", action, icon="key")


def _refused(now: dt.datetime) -> list[PanelItem]:
    refused = SignInAttempt.objects.filter(outcome=SignInAttempt.Outcome.REFUSED, at__gt=now - dt.timedelta(days=1))
    count = refused.count()
    address = f"{reverse('accounts:attempts')}?outcome=refused"
    return [PanelItem("一天内因次数过多被拒的登录", count, address, "danger")] if count else []


def find_accounts(user: User, query: str, limit: int) -> list[Hit]:
    """Accounts by name, pinyin, initials or 工号, for who manages them."""
    if not policies.can_open_people(user):
        return []
    text, lower = "".join(query.split()), "".join(query.split()).lower()
    found = User.objects.visible_to(user).filter(
        Q(name__icontains=text)
        | Q(staff_no__istartswith=text)
        | Q(name_pinyin__startswith=lower)
        | Q(name_initials__startswith=lower)
    )
    rows = found.select_related("home_college")[:limit]
    return [
        Hit("账号", person.name, reverse("accounts:person", args=[person.pk]), _note(person), "key") for person in rows
    ]


def _note(person: User) -> str:
    return f"{person.staff_no} {person.home_college}" if person.home_college else person.staff_no


def install() -> None:
    register_panel(MANAGERS, PANEL_ORDER, accounts_panel)
    register(find_accounts, aside=True)
