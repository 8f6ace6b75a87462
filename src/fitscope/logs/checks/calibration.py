"""A check that puts loss and score together: overconfident is not ruined."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.rules import UNDECIDED
from fitscope.errors import UserError
from fitscope.history import History
from fitscope.logs.checks.seen import Seen
from fitscope.verdicts.check import Check
from fitscope.verdicts.figures import figure
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.verdict import Verdict

MOST = 4  # scores that are looked at


def overconfident(seen: Seen, verdict: Verdict) -> Check | None:
    """FS221: the validation loss rises while a score of the same rows holds or still improves.

    A loss is refinement plus calibration (Berta, Holzmüller, Jordan and Bach 2025): what rises
    while the score holds is calibration, and a temperature mends that.

    Args:
        seen: the run.
        verdict: on its loss.
    """
    history = seen.history
    if history is None or verdict.label != "overfit" or history.higher_is_better:
        return None
    for name, values in list(history.scores.items())[:MOST]:
        score = History(history.source, name, history.epochs, None, values, True, step=history.step)
        try:
            judged = diagnose(score)
        except UserError:
            continue
        if judged.label not in ("good", "improving"):
            continue
        if judged.undecided and (judged.evidence.rise_probability or 0.0) > UNDECIDED:
            continue  # between "good" and "improving" it may be open: both hold
        if np.ptp(values[np.isfinite(values)]) == 0:
            continue
        holds = "still improves" if judged.label == "improving" else "holds"
        step = history.step
        best, at_low = judged.evidence.best, _at(history, values, verdict.best_epoch)
        return Check(
            "FS221",
            "note",
            "Overconfident, not ruined",
            f"{history.called} rises from {step} {verdict.onset_epoch} on, but {name} {holds} "
            f"(best {figure(best or 0.0)} at {step} {judged.best_epoch}, "
            f"{figure(at_low)} where the loss is lowest). For probabilities take {step} "
            f"{verdict.best_epoch}; for {name} take {step} {judged.best_epoch}, and scale its "
            "logits by one temperature, fitted on validation rows, if probabilities matter, too.",
            (history.metric, name),
        )
    return None


def _at(history: History, values: np.ndarray, epoch: int) -> float:
    return float(values[int(np.searchsorted(history.epochs, epoch))])
