"""Months as people write them."""

from allowance.calculation import Month
from gaobo_banzhuren.web.errors import UserError


def parse_month(text: str) -> Month:
    """`2023-11` as a month; UserError for anything else."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise UserError(str(error)) from None
