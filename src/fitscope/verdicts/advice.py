"""What to try next after one verdict."""

from __future__ import annotations

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import Judgement
from fitscope.diagnosis.rules import ESTABLISHED, ONE_SIDED
from fitscope.diagnosis.underfit import CAUSES


def advice_for(
    f: Findings, judged: Judgement, onset: int | None, step: str = "epoch"
) -> tuple[str, ...]:
    """What to try next, most promising first.

    Args:
        f: the findings.
        judged: the label.
        onset: epoch where overfitting begins, or None.
        step: what an epoch is called.

    Returns:
        Short sentences; none where nothing needs mending.
    """
    best = int(f.curve.epochs[f.low.at])
    slope, error = f.slope
    falling = slope < -ONE_SIDED * error
    match judged.label:
        case "overfit" if judged.because == "memorized":
            return (
                "Look whether labels, features and the split belong together: what is fitted on "
                "the training rows does not hold on any others.",
                "Train on more data, with a smaller or more regularized model.",
            )
        case "overfit":
            first = f.low.at == 0
            begin = f"Stop early, at about {step} {best}, and keep the weights of the best {step}."
            if first:
                begin = (
                    f"The first {step} is the best: lower the learning rate and judge more often."
                )
            return (
                begin,
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
                f"Train longer: the validation curve still improves at the last {step}.",
                "If that takes too long, raise the learning rate or let it decay later.",
            )
        case "too few":
            return (f"Validate at more {step}s: a handful of values has no shape.",)
        case "unstable" if judged.because in ("noise", "jumps"):
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
            "More validation rows would tell whether others show the rise."
            if f.rise.probability >= ESTABLISHED
            else "A rise shows that noise could explain: more validation rows or a repeat would "
            "tell."
        )
    if onset is None and f.low.at < 0.6 * (len(f.curve) - 1):
        text.append(
            f"{step.capitalize()}s after about {best} gained nothing: stop earlier to save time."
        )
    return tuple(text)
