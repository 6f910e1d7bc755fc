"""Forms of 制度与校历."""

from .calendar import ConfirmMonthsForm, DayListForm, NewYearForm, PayableMonthsForm, TermsForm
from .readings import ConfirmReadingForm, InterpretationForm
from .settings import SettingsForm, SystemSettingsForm
from .versions import ActivateForm, DocumentForm, DraftForm, HeadForm, PreviewForm

__all__ = [
    "ActivateForm",
    "ConfirmMonthsForm",
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
    "SystemSettingsForm",
    "TermsForm",
]
