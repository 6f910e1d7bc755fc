"""Forms of 制度与校历."""

from .calendar import DayListForm, NewYearForm, PayableMonthsForm, TermsForm
from .readings import ConfirmReadingForm, InterpretationForm
from .settings import SettingsForm
from .versions import ActivateForm, DocumentForm, DraftForm, HeadForm, PreviewForm

__all__ = [
    "ActivateForm",
    "ConfirmReadingForm",
    "DayListForm",
    "DocumentForm",
    "DraftForm",
    "HeadForm",
    "InterpretationForm",
    "NewYearForm",
    "PayableMonthsForm",
    "PreviewForm",
    "SettingsForm",
    "TermsForm",
]
