"""What to try next after one verdict."""

from __future__ import annotations

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import Judgement
from fitscope.diagnosis.rules import ESTABLISHED, ONE_SIDED
from fitscope.verdicts.means import GENERAL, Means

MORE_ROWS = "Train on more data, or augment what there is."


def advice_for(
    f: Findings,
    judged: Judgement,
    onset: int | None,
    step: str = "epoch",
    means: Means = GENERAL,
) -> tuple[str, ...]:
    """What to try next, most promising first.

    Args:
        f: the findings.
        judged: the label.
        onset: epoch where overfitting begins, or None.
        step: what an epoch is called.
        means: what can be tried on the model.

    Returns:
        Short sentences; none where nothing needs mending.
    """
    best = int(f.curve.epochs[f.low.at])
    if means.tried:
        return _of_setting(judged, means.tried, best)
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
            keep = f", and keep the weights of the best {step}" if means.gradients else ""
            begin = f"Stop early, at about {step} {best}{keep}."
            if f.low.at == 0:
                often = ", and judge more often" if means.gradients else ""
                begin = f"Its first {step} is its best: lower the learning rate{often}."
            return (begin, MORE_ROWS, *means.against)
        case "underfit":
            if falling:
                return ("Train longer: the validation curve still improves.", *means.capacity)
            return means.causes
        case "improving":
            later = " or let it decay later" if means.gradients else ""
            return (
                f"Train longer: the validation curve still improves at the last {step}.",
                f"If that takes too long, raise the learning rate{later}.",
            )
        case "too few":
            return (f"Validate at more {step}s: a handful of values has no shape.",)
        case "unstable" if judged.because in ("noise", "jumps"):
            calmer = " or larger batches towards the end" if means.gradients else ""
            return (
                f"Use more validation rows, or a lower learning rate{calmer}: the noise hides the "
                "trend.",
                "Repeat the run with other seeds and look at the mean.",
            )
        case "unstable":
            if not means.gradients:
                return (
                    "Lower the learning rate.",
                    "Check the input for extreme or missing values.",
                )
            return (
                f"Lower the learning rate, or warm it up over the first {step}s.",
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


def _of_setting(judged: Judgement, setting: str, best: int) -> tuple[str, ...]:
    """What to try where models of several values of one setting were trained, each to its end."""
    match judged.label:
        case "overfit" if judged.because != "memorized":
            return (
                f"Take {setting} {best:,}: richer models only fit their training rows.",
                MORE_ROWS,
            )
        case "underfit":
            return ("Too weak throughout: use another kind of model, or better features.",)
        case "improving":
            return (f"Go on beyond the last {setting}: richer models still gain.",)
        case "too few":
            return (f"Try more values of {setting}: a handful has no shape.",)
        case "good":
            return ()
    return ("Average more folds, or use more validation rows: noise hides the trend.",)
