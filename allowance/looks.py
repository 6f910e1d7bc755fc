"""How the states of sheets, bundles and adjustments look."""

from gaobo_banzhuren.web.status import declare

from .models import AdjustmentState, BundleState, SheetState

declare(
    SheetState,
    {
        SheetState.DRAFT: ("neutral", "pencil"),
        SheetState.SUBMITTED: ("progress", "hourglass-split"),
        SheetState.REVIEWED: ("info", "shield-check"),
        SheetState.HANDED_OVER: ("info", "send"),
        SheetState.RECEIVED: ("success", "check-circle"),
    },
)
declare(
    BundleState,
    {
        BundleState.OPEN: ("neutral", "folder"),
        BundleState.HANDED_OVER: ("progress", "send"),
        BundleState.RECEIVED: ("success", "check-circle"),
    },
)
declare(
    AdjustmentState,
    {
        AdjustmentState.DETECTED: ("warning", "lightbulb"),
        AdjustmentState.PROPOSED: ("progress", "hourglass-split"),
        AdjustmentState.APPROVED: ("info", "check-lg"),
        AdjustmentState.REJECTED: ("neutral", "slash-circle"),
        AdjustmentState.INCLUDED: ("success", "check-circle"),
    },
)
