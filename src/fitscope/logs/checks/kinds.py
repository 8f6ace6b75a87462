"""Logs of something else: rewards of reinforcement learning, adversarial pairs."""

from __future__ import annotations

from fitscope.logs.checks.seen import Seen
from fitscope.logs.refusals import adversarial, listed, rewards
from fitscope.verdicts.check import Check


def reinforcement(seen: Seen) -> Check | None:
    """FS219: rewards and episodes."""
    found = rewards(seen.log.curves)
    if seen.reading is not None or len(found) < 2:
        return None
    return Check(
        "FS219",
        "note",
        "A log of reinforcement learning",
        f"{listed(found)}: rewards come from an environment, not from rows, so nothing was held "
        "back that overfitting could show on. Evaluate the policy on environments (seeds, levels) "
        "that it was not trained on, and log that as validation.",
        tuple(found),
    )


def adversaries(seen: Seen) -> Check | None:
    """FS220: losses of a generator and a discriminator."""
    found = adversarial(seen.log.curves)
    if seen.reading is not None or not found:
        return None
    return Check(
        "FS220",
        "note",
        "A log of an adversarial pair",
        f"{listed(found)}: each loss is measured against an opponent that moves, so neither says "
        "how good the model is. Log a score on rows that were kept apart, such as FID, each epoch.",
        tuple(found),
    )


def is_something_else(seen: Seen) -> bool:
    """Whether a log without validation is one of these."""
    return reinforcement(seen) is not None or adversaries(seen) is not None
