"""Maintenance pages of chapter 1: one module per noun."""

from . import appointments as appointments
from . import roster as roster
