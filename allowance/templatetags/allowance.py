"""Filters of the allowance pages."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def amount(value: Decimal) -> str:
    """An amount in yuan as everywhere else: 1,234.00."""
    return f"{value:,.2f}"
