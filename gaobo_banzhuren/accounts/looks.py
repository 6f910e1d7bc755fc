"""How the states of accounts look."""

from gaobo_banzhuren.web.status import declare

from .models import SignInAttempt

Outcome = SignInAttempt.Outcome
declare(
    Outcome,
    {
        Outcome.PENDING: "progress",
        Outcome.SUCCESS: "success",
        Outcome.FAILED: "warning",
        Outcome.REFUSED: ("danger", "lock"),
    },
)
