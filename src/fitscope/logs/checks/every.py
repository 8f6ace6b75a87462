"""All checks on curves, in the order in which they are told."""

from __future__ import annotations

from fitscope.history import TIMES
from fitscope.logs.checks.alone import training_alone, training_diverged
from fitscope.logs.checks.borders import drops_at_borders
from fitscope.logs.checks.calibration import overconfident
from fitscope.logs.checks.descent import second_descent
from fitscope.logs.checks.few_rows import few_rows
from fitscope.logs.checks.folds import between_folds
from fitscope.logs.checks.gradients import exploding
from fitscope.logs.checks.kinds import adversaries, reinforcement
from fitscope.logs.checks.others import others
from fitscope.logs.checks.pair import better_throughout, same_values
from fitscope.logs.checks.rate import rate_step, rate_too_high, rate_too_low, warm_restart
from fitscope.logs.checks.rows import (
    after_fit,
    interleaved_runs,
    resumed,
    several_runs,
    single_evaluation,
)
from fitscope.logs.checks.seen import Seen
from fitscope.logs.checks.stuck import constant_score, flat_training
from fitscope.verdicts.check import Check, gravest_first
from fitscope.verdicts.verdict import Verdict

CHECKS = (
    *(same_values, training_diverged, constant_score, flat_training, exploding, rate_too_high),
    *(better_throughout, few_rows, drops_at_borders, rate_too_low, rate_step, warm_restart),
    *(after_fit, several_runs, resumed, interleaved_runs, single_evaluation),
    *(training_alone, reinforcement, adversaries),
)
BESIDE = (overconfident, second_descent, others, between_folds)
"""Those that need the verdict."""


def curve_checks(seen: Seen, verdict: Verdict | None = None) -> tuple[Check, ...]:
    """Everything that a log tells beside its verdict, the worst first.

    Args:
        seen: the run.
        verdict: on it, where there is one.
    """
    if seen.step not in TIMES:  # they know of training time alone
        return ()
    found = [check for look in CHECKS if (check := look(seen)) is not None]
    if verdict is not None:
        beside = (look(seen, verdict) for look in BESIDE)
        found += [check for check in beside if check is not None]
    return tuple(gravest_first(found))
