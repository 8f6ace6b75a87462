"""What to try next."""

from __future__ import annotations

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import SURE, Judgement
from fitscope.diagnosis.underfit import CAUSES


def advise(f: Findings, judged: Judgement, onset: int | None) -> tuple[str, ...]:
    """What to try next, most promising first.

    Args:
        f: the findings.
        judged: the label.
        onset: epoch where overfitting begins, or None.

    Returns:
        Short sentences; none where nothing needs mending.
    """
    best = int(f.curve.epochs[f.low.at])
    slope, error = f.slope
    falling = slope < -SURE * error
    match judged.label:
        case "overfit":
            first = f.low.at == 0
            return (
                "The first epoch is the best: lower the learning rate and judge more often."
                if first
                else f"Stop early, at about epoch {best}, and keep the weights of the best epoch.",
                "Train on more data, or augment what there is.",
                "Add dropout or weight decay (L2); both together often do best.",
                "Use a smaller model: fewer layers or units.",
            )
        case "underfit":
            if falling:
                return ("Train longer: the validation curve still improves.", *CAUSES[:2])
            return CAUSES
        case "improving":
            return (
                "Train longer: the validation curve still improves at the last epoch.",
                "If that takes too long, raise the learning rate or let it decay later.",
            )
        case "unstable" if judged.because == "noise":
            return (
                "Use more validation rows, or a lower learning rate or larger batches towards "
                "the end: the noise hides the trend.",
                "Repeat the run with other seeds and look at the mean.",
            )
        case "unstable":
            return (
                "Lower the learning rate, or warm it up over the first epochs.",
                "Clip gradients, and check the input for extreme or missing values.",
            )
    text = []
    if f.rise_matters:
        text.append(
            "A rise shows that noise could explain: more validation rows or a repeat would tell."
        )
    if onset is None and f.low.at < 0.6 * (len(f.curve) - 1):
        text.append(f"Epochs after about {best} gained nothing: stop earlier to save time.")
    return tuple(text)
