"""Maintenance pages of chapters 2 and 3: looking things up, nothing else; texts of students stay closed."""

from . import reading as reading
