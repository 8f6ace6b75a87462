"""Where early stopping should have been, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.rules import ONE_SIDED, SURE_SIGN
from fitscope.examination.served import stopped_early
from fitscope.history import SINGLE
from fitscope.verdicts.cost_words import with_error
from fitscope.verdicts.figures import sure

if TYPE_CHECKING:
    from fitscope.verdicts.verdict import Verdict


def where_to_stop(verdict: Verdict | None, words: str) -> str:
    """At which step a model should have been stopped, and what that would have bought.

    What it buys is the end of the run against its best step, both of the trend; see
    `fitscope.examination.served.stopped_early`.

    Args:
        verdict: on the model.
        words: what the loss is called.

    Returns:
        A sentence; none of a model without a curve, or one of which nothing can be said.

    Example:
        >>> import numpy as np
        >>> from fitscope.history import History
        >>> from fitscope.verdicts.judge import diagnose
        >>> rounds = np.arange(300)
        >>> noise = 0.01 * np.random.default_rng(0).normal(size=300)
        >>> validation = 0.3 + 0.3 * np.exp(-rounds / 10) + 0.001 * rounds + noise
        >>> run = History("xgboost", "loss", rounds, np.exp(-rounds / 10), validation, step="round")
        >>> said = where_to_stop(diagnose(run), "cross-entropy").partition(": ")
        >>> print(said[0])
        Early stopping belongs at about round 40 of 300
        >>> print(said[2])
        against the end it buys 0.2452 ± 0.0035 of cross-entropy.
    """
    if verdict is None or verdict.label in ("unstable", "too few"):
        return ""
    evidence, step, ended = verdict.evidence, verdict.evidence.step, f"{verdict.epochs:,}"
    if step == SINGLE:
        return ""
    if verdict.label == "improving":
        return f"Early stopping would come too soon: after {ended} {step}s it still improves."
    found = stopped_early(verdict)
    if found is None or found.value + ONE_SIDED * found.error < (evidence.needed or 0.0):
        return (
            f"Early stopping buys nothing that matters: after {ended} {step}s it is as good as at "
            "its best one."
        )
    text = f"Early stopping belongs at about {step} {verdict.best_epoch:,} of {ended}"
    chance = float(below(found.value / found.error))
    amount = f"{with_error(found.value, found.error)} of {words}"
    if chance >= SURE_SIGN:
        return f"{text}: against the end it buys {amount}."
    return f"{text}: against the end it perhaps buys {amount} ({sure(chance)} sure that anything)."
