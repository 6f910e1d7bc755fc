"""Template tags of the product, built in everywhere.

Filters: `money` (分 → 1,234.00), `yuan` (分 → 1,234.00 元), `day`, `moment`, `month`, `mask_phone`, `attr_of`.
Tags: `icon`, `status`, `badge`, `query_without`, `page_numbers`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.db import models
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..status import TONES, Look, look_of, look_of_field

register = template.Library()

ICON_SPRITE = "vendor/icons.svg"
NOTHING = "—"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A picture from the sprite: decoration beside a word, or with `label` a picture that is read aloud."""
    return _icon(str(name), str(label), str(css))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    # A page of a hundred rows asks for the same few pictures again and again.
    href = f"{static(ICON_SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}" focusable="false"><use href="{}"></use></svg>',
            css,
            label,
            href,
        )
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', css, href
    )


@register.filter
def money(fen: int | str | None) -> str:
    """Whole 分 as yuan with two decimals and thousands separators: 123400 → 1,234.00."""
    if fen is None or fen == "":
        return NOTHING
    return f"{Decimal(int(fen)) / 100:,.2f}"


@register.filter
def yuan(fen: int | str | None) -> str:
    """Like `money`, with the unit: 1,234.00 元."""
    text = money(fen)
    return text if text == NOTHING else f"{text} 元"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """2024-03-18, a dash when there is none."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%Y-%m-%d}" if value else NOTHING


@register.filter
def moment(value: dt.datetime | None) -> str:
    """2024-03-18 09:05 in the college's time zone."""
    if not value:
        return NOTHING
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"


@register.filter
def month(value: dt.date | None) -> str:
    """2024年3月."""
    return f"{value.year}年{value.month}月" if value else NOTHING


@register.filter
def mask_phone(number: str | None) -> str:
    """138****1234; of a short number only the last two digits stay."""
    text = (number or "").strip()
    if not text:
        return NOTHING
    if len(text) < 8:
        return "*" * max(len(text) - 2, 0) + text[-2:]
    return f"{text[:3]}****{text[-4:]}"


@register.inclusion_tag("includes/_status_badge.html")
def status(value: Any, field: str = "") -> dict[str, Any]:
    """A state as badge: `{% status sheet "state" %}` or `{% status State.DRAFT %}`. Its look comes from `web.status`."""
    if field and isinstance(value, models.Model):
        display = getattr(value, f"get_{field}_display", None)
        look = look_of_field(value, field)
        return _badge(str(display() if display else getattr(value, field)), look)
    return _badge(str(getattr(value, "label", value)), look_of(value))


@register.inclusion_tag("includes/_status_badge.html")
def badge(label: str, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """A badge with a free word: `{% badge "已过期" "danger" %}`."""
    return _badge(str(label), Look(tone, icon or TONES[tone]))


def _badge(label: str, look: Look) -> dict[str, Any]:
    return {"label": label, "tone": look.tone, "icon_name": look.icon}


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, *names: str) -> str:
    """The present query string without the named parameters, ready to be continued: `a=1&b=2&` or empty."""
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for name in (*names,):
        query.pop(name, None)
    text = query.urlencode()
    return f"{text}&" if text else ""


@register.simple_tag
def page_numbers(page: Any) -> list[int | str]:
    """The page numbers worth a link, with … for what lies between."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
