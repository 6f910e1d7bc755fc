"""班主任工作手册: one class and term, assembled from the records in the order of the form list (8.1)."""

from .content import Entry as Entry
from .content import Handbook as Handbook
from .content import Section as Section
from .gathering import handbook_of as handbook_of
from .gathering import led_or_visible as led_or_visible
from .gathering import span_of as span_of
