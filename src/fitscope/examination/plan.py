"""How the networks of an examination are trained, by the number of rows."""

from __future__ import annotations

from math import ceil, log2
from typing import NamedTuple

from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.stopping.early import EarlyStopping


class Pace(NamedTuple):
    """How far and how fast weights go.

    Attributes:
        rate: learning rate of Adam, which moves a weight by about that a step at most.
        halved: steps after which it is halved; a third is left after twice as many. None if it
            stays as it is.
        steps: optimizer steps after which a run ends if nothing stops it before.
        patience: epochs past the best one; None if nothing ever stops it before.
    """

    rate: float
    halved: int | None
    steps: int
    patience: int | None


USUAL = Pace(rate=1e-3, halved=10_000, steps=30_000, patience=20)
"""Adam's usual rate, and time for a line whose weights have far to go: it takes all steps, in a
second or so; networks are done long before. Evidence that nothing more is to be gained would stop a
run sooner than patience, and often before a network that is too rich has shown that it is."""
QUICK = Pace(rate=3e-3, halved=3_000, steps=6_000, patience=10)
SWEEP = Pace(rate=1e-3, halved=None, steps=50_000, patience=None)
"""A network that can only just fit its rows needs tens of thousands of steps for that. The rate
stays: loss that falls again while the rate is lowered shows nothing. On simulated rows squared
error fell by 0.22 behind a peak of 0.86 at this rate, and by 0.08 at one three times as fast that
was lowered on the way."""
QUICK_SWEEP = Pace(rate=2e-3, halved=None, steps=15_000, patience=None)
SMALLEST_BATCH, LARGEST_BATCH = 32, 2_048
FEWEST_EPOCHS, MOST_EPOCHS = 10, 2_000
"""A run that may be stopped has so many epochs, whatever the steps."""
PATIENT_STEPS = 800
"""Steps past the best epoch at the least, where a few rows make few steps an epoch."""


def plan_for(rows: int, quick: bool = False, sweep: bool = False) -> Plan:
    """The plan for so many training rows.

    Batches of about the square root of the rows, so that an epoch has as many steps as a step has
    rows: both grow with the table. Weights kept are those of the best epoch.

    Args:
        rows: training rows.
        quick: fewer steps, less patience.
        sweep: for double descent: far past the best epoch, and nothing stops it.

    Example:
        >>> plan = plan_for(10_000)
        >>> plan.batch_size, plan.max_epochs, plan.stopping.patience
        (128, 380, 20)
        >>> plan_for(400, sweep=True).max_epochs, plan_for(400, sweep=True).stopping
        (3847, None)
    """
    pace = (QUICK_SWEEP if quick else SWEEP) if sweep else QUICK if quick else USUAL
    batch = min(max(2 ** round(log2(rows) / 2), SMALLEST_BATCH), LARGEST_BATCH)
    steps = ceil(rows / batch)
    epochs, rule = max(ceil(pace.steps / steps), FEWEST_EPOCHS), None
    if pace.patience is not None:
        epochs = min(epochs, MOST_EPOCHS)
        patience = max(pace.patience, ceil(PATIENT_STEPS / steps))
        rule = EarlyStopping(patience=patience, restore_best_weights=True)
    return Plan(
        batch_size=batch,
        max_epochs=epochs,
        learning_rate=pace.rate
        if pace.halved is None
        else inverse_time_decay(pace.rate, pace.halved / steps),
        stopping=rule,
    )
