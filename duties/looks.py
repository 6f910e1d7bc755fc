"""How the states of chapters 2 and 3 look: tone, icon and word."""

from gaobo_banzhuren.web.status import declare

from .models import (
    AssignmentState,
    GraduateAward,
    LeaveState,
    PaperState,
    Presence,
    Progress,
    RecordState,
    RegistrationState,
    ResultStatus,
    Window,
)

declare(RecordState, {RecordState.DRAFT: "neutral", RecordState.ARCHIVED: "success", RecordState.VOIDED: "danger"})
declare(
    Progress,
    {
        Progress.OPEN: "progress",
        Progress.CLOSED: "success",
        Progress.PENDING: "warning",
        Progress.CONFIRMED: "success",
        Progress.CANCELLED: "neutral",
    },
)
declare(
    LeaveState,
    {
        LeaveState.ASKED: "warning",
        LeaveState.APPROVED: "progress",
        LeaveState.REFUSED: "danger",
        LeaveState.RETURNED: "success",
        LeaveState.VOIDED: "neutral",
    },
)
declare(
    AssignmentState,
    {
        AssignmentState.GIVEN: "warning",
        AssignmentState.ACCEPTED: "progress",
        AssignmentState.REPORTED: "info",
        AssignmentState.RETURNED: "danger",
        AssignmentState.CLOSED: "success",
        AssignmentState.CANCELLED: "neutral",
    },
)
declare(
    Presence,
    {
        Presence.DUE: "neutral",
        Presence.PRESENT: "success",
        Presence.LATE: "warning",
        Presence.EXCUSED: "info",
        Presence.ABSENT: "danger",
    },
)
declare(
    PaperState,
    {
        PaperState.DRAFT: "neutral",
        PaperState.SUBMITTED: "progress",
        PaperState.RETURNED: "danger",
        PaperState.REVIEWED: "success",
    },
)
declare(
    GraduateAward.State,
    {
        GraduateAward.State.PROPOSED: "neutral",
        GraduateAward.State.SUBMITTED: "progress",
        GraduateAward.State.APPROVED: "success",
        GraduateAward.State.REFUSED: "danger",
        GraduateAward.State.WITHDRAWN: "neutral",
    },
)
declare(
    Window,
    {Window.NONE: "neutral", Window.BEFORE: "info", Window.OPEN: "progress", Window.CLOSED: ("neutral", "lock")},
)
declare(
    RegistrationState,
    {
        RegistrationState.PLANNED: "warning",
        RegistrationState.REGISTERED: "success",
        RegistrationState.GIVEN_UP: ("neutral", "slash-circle"),
    },
)
declare(
    ResultStatus,
    {
        ResultStatus.PASSED: "success",
        ResultStatus.FAILED: "danger",
        ResultStatus.ABSENT: "warning",
        ResultStatus.BREACH: ("danger", "exclamation-octagon"),
        ResultStatus.CHEATED: ("danger", "shield-exclamation"),
        ResultStatus.EXEMPT: "info",
    },
)
