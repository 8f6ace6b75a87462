"""The one or two plain sentences of a verdict."""

from __future__ import annotations

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import Judgement, further_gain


def figure(value: float) -> str:
    """A number with three or four figures, as a person would write it.

    Example:
        >>> figure(0.58961), figure(12.3456), figure(0.000123)
        ('0.5896', '12.35', '0.000123')
    """
    if value != 0 and abs(value) < 0.01:
        return f"{value:.3g}"
    return f"{value:.4g}"


def share(value: float) -> str:
    """A share in per cent.

    Example:
        >>> share(0.0345), share(3.2)
        ('3.5 %', '320 %')
    """
    return f"{100 * value:.1f} %" if abs(value) < 0.1 else f"{100 * value:.0f} %"


def explain(f: Findings, judged: Judgement, onset: int | None) -> str:
    """Say in one or two sentences what was seen.

    Args:
        f: the findings.
        judged: the label.
        onset: epoch where overfitting begins, or None.

    Returns:
        The sentences.
    """
    text = _seen(f, judged, onset)
    if f.curve.missing and not f.curve.diverged:
        epochs = ", ".join(str(e) for e in f.curve.missing[:3])
        more = " and more" if len(f.curve.missing) > 3 else ""
        text += f" Missing values (NaN or infinite) at epoch {epochs}{more} were left out."
    if f.train is None:
        text += " There is no training curve: this is judged on validation alone."
    return text


def _seen(f: Findings, judged: Judgement, onset: int | None) -> str:
    sign, name = f.curve.sign, f.metric
    low = figure(sign * f.low.value)
    last = figure(sign * float(f.validation.values[-1]))
    best_epoch = int(f.curve.epochs[f.low.at])
    final = int(f.curve.epochs[-1])
    fell, rose = ("fell", "rose") if sign == 1 else ("rose", "fell")
    falling = "falling" if sign == 1 else "rising"
    size = abs(f.low.corrected)
    relative = f" ({share(f.rise.value / size)} of the best)" if size > 0 else ""
    match judged.label:
        case "overfit":
            began = f"Validation {name} {fell} to {low} at epoch {best_epoch}"
            if f.low.at == 0:
                began = f"Validation {name} was best at its first epoch ({low})"
            text = f"{began} and then {rose} to {last}{relative}, beyond what noise explains"
            if f.train is not None and f.train_rise is not None:
                before, after = (figure(sign * float(f.train.values[i])) for i in (f.low.at, -1))
                text += (
                    f", while training {name} kept {falling} from {before} to {after}."
                    if f.train_rise < 0
                    else f", while training {name} did not get worse ({before} to {after})."
                )
            else:
                text += "."
            return text + f" Overfitting begins at about epoch {onset}."
        case "unstable" if judged.because == "diverged":
            return (
                f"The run diverged: values are NaN or infinite from epoch {f.curve.missing[-1]} "
                f"on. Before that validation {name} was at best {low} at epoch {best_epoch}."
                if len(f.curve.missing) == 1
                else f"The run diverged: {len(f.curve.missing)} epochs are NaN or infinite, the "
                f"last one among them. Validation {name} was at best {low} at epoch {best_epoch}."
            )
        case "unstable" if judged.because == "training rose too":
            return (
                f"Validation {name} {rose} from {low} at epoch {best_epoch} to {last}{relative}, "
                f"but training {name} {rose} with it: training came apart, it did not overfit."
            )
        case "unstable":
            noise = figure(f.validation.noise.typical())
            return (
                f"Validation {name} jumps by {noise} from epoch to epoch around {low}: noise "
                "drowns any trend."
            )
        case "underfit":
            what = (
                "a constant predictor"
                if f.reference_kind == "constant predictor"
                else ("its own first epoch")
            )
            assert f.reference is not None
            return (
                f"Validation {name} reaches {low}, no better than {what} "
                f"({figure(sign * f.reference)}) by a share that matters: next to nothing was "
                "learnt."
            )
        case "improving":
            gain = further_gain(f)[0]
            return (
                f"Validation {name} still improves at the last epoch ({last} at epoch {final}): "
                f"a quarter more epochs at this slope would gain up to {figure(gain)}."
            )
    gap_value, gap_error = f.gap
    if f.low.value <= float(f.validation.values[-1]):
        text = f"Validation {name} is best at {low} near epoch {best_epoch} and ends at {last}"
    else:
        text = f"Validation {name} ends at {last}, as good as at any epoch before"
    if f.rise_matters:
        text += (
            f"; that rise is not established beyond noise "
            f"({share(f.rise.probability)} sure, 95 % asked)."
        )
    elif f.rise.probability >= 0.95 and f.rise.value > 0:
        word = "rise" if sign == 1 else "fall"
        of_fall = f", {share(f.rise.value / f.fall)} of what it had gained" if f.fall > 0 else ""
        text += f"; a {word} of {share(f.rise.value / size)} of the best{of_fall}, is too small."
    else:
        text += f": no {'rise' if sign == 1 else 'fall'} beyond noise."
    if gap_value is not None and gap_error is not None and gap_value > 2 * gap_error > 0:
        text += (
            f" The gap to training is {figure(gap_value)}; a gap alone is no overfitting while "
            "validation holds."
        )
    if f.reference_kind == "constant predictor" and f.reference is not None:
        needed = f.reference
        if f.low.corrected >= needed:
            text += (
                f" It validates no better than a constant predictor "
                f"({figure(sign * needed)}) although it fits the training rows."
            )
    return text
