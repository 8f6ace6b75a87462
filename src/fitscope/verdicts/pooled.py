"""Several runs of one model to one verdict on the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from fitscope.history import SINGLE
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.figures import figure, share, two_chances
from fitscope.verdicts.verdict import Label, Verdict

HAPPENS: dict[Label, tuple[str, str]] = {
    "underfit": ("underfit", "underfit"),
    "good": ("fit well", "fit well"),
    "overfit": ("overfit", "overfit"),
    "improving": ("still improved at its end", "still improved at their end"),
    "unstable": ("was unstable", "were unstable"),
    "too few": ("was too short to judge", "were too short to judge"),
}
"""What one run did, and what several did."""

MEANS = (
    "best",
    "best_corrected",
    "rise",
    "rise_relative",
    "rise_probability",
    "rise_probability_elsewhere",
    "needed",
    "learnt",
    "last",
    "gap",
    "train_slope",
    "validation_slope",
    "noise",
)
"""Evidence whose mean over the runs describes the model."""

ERRORS = {
    "best_corrected_error": "best_corrected",
    "rise_error": "rise",
    "gap_error": "gap",
    "train_slope_error": "train_slope",
    "validation_slope_error": "validation_slope",
}
"""Standard errors, and what they are errors of."""


def pooled(model: str, runs: Sequence[Verdict]) -> Verdict:
    """The verdict on a model from those on its runs.

    The label is the one that most runs have, each counted with its confidence. How sure the
    model's label is, is what share of further runs should show it: the sum of the confidences
    of the runs that do, over the number of all runs. Evidence and cost are means over all runs;
    epochs are medians over the runs that have the label. Runs that were too short to judge do not
    count beside others, and the numbers of a run that came apart say nothing of a model whose
    runs did not: means leave unstable runs out, unless the model is unstable itself.

    Errors of means allow for all runs sharing their validation rows: the mean of their errors
    is not divided by the number of runs, and the spread between runs is added.

    Args:
        model: its name.
        runs: a verdict a run, at least one.

    Returns:
        The verdict. With a single run it is the run's own.

    Example:
        >>> from fitscope.history import History
        >>> from fitscope.verdicts.judge import diagnose
        >>> at = np.arange(80)
        >>> falls, rises = np.exp(-at / 10), 0.02 * np.maximum(at - 30, 0)
        >>> run = diagnose(History("run", "loss", at, falls, 0.5 + falls + rises))
        >>> both = pooled("Large", [run, run])
        >>> both.label, both.explanation.split(",")[0]
        ('overfit', '2 of 2 runs overfit')
    """
    if len(runs) == 1:
        return replace(runs[0], source=model)
    telling = [run for run in runs if run.label != "too few"] or runs
    votes = {
        label: sum(run.confidence for run in telling if run.label == label)
        for label in get_args(Label)
    }
    label = max(votes, key=lambda one: votes[one])
    chosen = [run for run in telling if run.label == label]
    onsets = [run.onset_epoch for run in chosen if run.onset_epoch is not None]
    evidence = _evidence(_stable(telling, label), chosen)
    return Verdict(
        source=model,
        label=label,
        confidence=round(votes[label] / len(telling), 4),
        best_epoch=_middle([run.best_epoch for run in chosen]),
        onset_epoch=_middle(onsets) if onsets else None,
        epochs=_middle([run.epochs for run in chosen]),
        evidence=evidence,
        explanation=_explanation(label, len(chosen), runs, onsets, evidence),
        advice=_typical(chosen).advice,
        cost=_cost(_stable(runs, label)),
    )


def _stable(runs: Sequence[Verdict], label: Label) -> list[Verdict]:
    """The runs whose numbers tell of a model with this label."""
    return [run for run in runs if label == "unstable" or run.label != "unstable"]


def _cost(runs: Sequence[Verdict]) -> Cost | None:
    """What training on costs the runs on average; rows are shared, so errors are not divided."""
    paid = [run.cost.training_on for run in runs if run.cost is not None]
    prices = [one for one in paid if one is not None]
    if not prices:
        return None
    values, errors, chances = (
        [getattr(one, name) for one in prices] for name in ("value", "error", "chance")
    )
    error = float(np.hypot(np.mean(errors), _spread(values)))
    mean = Price(float(np.mean(values)), error, float(np.mean(chances)), prices[0].against)
    return Cost(training_on=mean)


def _spread(values: Sequence[float]) -> float:
    """Standard error of a mean over runs; 0 of a single one."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def _evidence(runs: Sequence[Verdict], chosen: Sequence[Verdict]) -> Evidence:
    everything = [run.evidence for run in runs]
    found: dict[str, Any] = {}
    for key in MEANS:
        values = _values(everything, key)
        found[key] = float(np.mean(values)) if values else None
    for key, of in ERRORS.items():
        errors, values = _values(everything, key), _values(everything, of)
        found[key] = float(np.hypot(np.mean(errors), _spread(values))) if errors else None
    found["wasted_epochs"] = _middle([run.evidence.wasted_epochs or 0 for run in chosen])
    intervals = [run.evidence.onset_interval for run in chosen if run.evidence.onset_interval]
    found["onset_interval"] = (
        (min(low for low, _ in intervals), max(high for _, high in intervals))
        if intervals
        else None
    )
    tests = {one.rise_test for one in everything}
    found["rise_test"] = tests.pop() if len(tests) == 1 else "curve"
    found["as_good"] = ()  # each run has checkpoints of its own
    return replace(_typical(chosen).evidence, **found)


def _explanation(
    label: Label,
    count: int,
    runs: Sequence[Verdict],
    onsets: Sequence[int],
    evidence: Evidence,
) -> str:
    if label == "too few" and evidence.step == SINGLE:
        best = figure(evidence.best_corrected or 0.0)
        return (
            f"It is trained in one step, to a validation {evidence.called} of {best} on average "
            f"over {len(runs)} runs: without a curve, only models beside it can show whether it "
            "over- or underfits."
        )
    text = f"{count} of {len(runs)} runs {_happens(label, count)}"
    if onsets:
        low, high = min(onsets), max(onsets)
        step = evidence.step
        text += f", from {step} {low} on" if low == high else f", from {step}s {low} to {high} on"
    name, value = evidence.called, evidence.best_corrected
    if value is not None:
        text += f": validation {name} is at best {figure(value)} on average"
    rise, relative = evidence.rise, evidence.rise_relative
    if label == "overfit" and rise is not None and relative is not None:
        worse = "lower" if evidence.higher_is_better else "higher"
        text += f" and ends {figure(rise)} ({share(relative, 'the best')}) {worse}"
    counts = {one: sum(run.label == one for run in runs) for one in get_args(Label)}
    others = [
        f"{many} {_happens(other, many)}"
        for other, many in counts.items()
        if other != label and many
    ]
    text += "."
    if label == "overfit":
        text += two_chances(evidence.rise_probability, evidence.rise_probability_elsewhere)
    return text + (f" Of the others, {', '.join(others)}." if others else "")


def _happens(label: Label, count: int) -> str:
    return HAPPENS[label][count != 1]


def _typical(runs: Sequence[Verdict]) -> Verdict:
    """The run in the middle, by its best epoch."""
    return sorted(runs, key=lambda run: run.best_epoch)[(len(runs) - 1) // 2]


def _middle(values: Sequence[int]) -> int:
    return sorted(values)[(len(values) - 1) // 2]


def _values(evidence: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    found = [one[key] for one in evidence]
    return [value for value in found if value is not None and np.isfinite(value)]
