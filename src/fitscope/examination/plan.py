"""How the networks of an examination are trained, by the number of rows."""

from __future__ import annotations

from math import ceil, log2

from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.stopping.early import EarlyStopping

SMALLEST_BATCH, LARGEST_BATCH = 32, 2_048
RATE = 3e-3
"""Adam moves a weight by about this a step at most. At twice that networks jump about; at half, a
line on a small table runs out of steps on the way to where its weights belong."""
HALVED = 3_000
"""Steps after which the learning rate is halved; a third is left after twice as many. A line on a
small table wants to go on (with 200 it never got to where it belonged), a network to settle."""
STEPS, QUICK_STEPS = 20_000, 5_000
"""Optimizer steps after which a run ends if nothing stops it before; a line takes most of them."""
FEWEST_EPOCHS, MOST_EPOCHS = 10, 2_000
"""A run has so many epochs, whatever the steps."""
PATIENCE, PATIENT_STEPS = 20, 800
"""Epochs past the best one, and steps at the least. Evidence that nothing more is to be gained
would stop a run sooner, and often before a network that is too rich has shown that it is."""


def plan_for(rows: int, quick: bool = False) -> Plan:
    """The plan for so many training rows.

    Batches of about the square root of the rows, so that an epoch has as many steps as a step has
    rows: both grow with the table. Weights kept are those of the best epoch.

    Args:
        rows: training rows.
        quick: fewer steps, half the patience.

    Example:
        >>> plan = plan_for(10_000)
        >>> plan.batch_size, plan.max_epochs, plan.stopping.patience
        (128, 254, 20)
    """
    batch = min(max(2 ** round(log2(rows) / 2), SMALLEST_BATCH), LARGEST_BATCH)
    steps = ceil(rows / batch)
    epochs = ceil((QUICK_STEPS if quick else STEPS) / steps)
    patience = max(PATIENCE, ceil(PATIENT_STEPS / steps))
    return Plan(
        batch_size=batch,
        max_epochs=min(max(epochs, FEWEST_EPOCHS), MOST_EPOCHS),
        learning_rate=inverse_time_decay(RATE, HALVED / steps),
        stopping=EarlyStopping(
            patience=patience // 2 if quick else patience, restore_best_weights=True
        ),
    )
