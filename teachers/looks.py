"""How the states of chapter 1's appointment side look."""

from gaobo_banzhuren.web.status import declare

from .models import AppointmentState, DismissalState, HandoverState, NominationState

declare(
    AppointmentState,
    {
        AppointmentState.PROPOSED: "neutral",
        AppointmentState.APPOINTED: "progress",
        AppointmentState.FILED: "success",
        AppointmentState.ENDED: ("neutral", "box-arrow-right"),
        AppointmentState.DISMISSED: "danger",
        AppointmentState.VOIDED: ("neutral", "slash-circle"),
    },
)
declare(
    NominationState,
    {
        NominationState.DRAFT: ("neutral", "pencil"),
        NominationState.SUBMITTED: "progress",
        NominationState.APPROVED: "success",
        NominationState.REJECTED: "danger",
        NominationState.WITHDRAWN: ("neutral", "arrow-counterclockwise"),
    },
)
declare(
    HandoverState,
    {
        HandoverState.OPEN: "progress",
        HandoverState.DONE: "success",
        HandoverState.CANCELLED: ("neutral", "slash-circle"),
    },
)
declare(
    DismissalState,
    {
        DismissalState.PROPOSED: "progress",
        DismissalState.DECIDED: "danger",
        DismissalState.REJECTED: "success",
        DismissalState.WITHDRAWN: ("neutral", "arrow-counterclockwise"),
    },
)
