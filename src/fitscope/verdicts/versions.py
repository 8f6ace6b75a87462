"""A model beside plainer or more regularized versions of itself: what its richness costs.

A model that fits its training rows better than a plainer version of itself and validates surely
worse overfits, whatever its curve does; of a learner without steps nothing else can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fitscope.diagnosis.compare import Difference, holm
from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.label import SUREST
from fitscope.diagnosis.rules import ONE_SIDED
from fitscope.diagnosis.underfit import Score
from fitscope.verdicts.advice import MORE_ROWS
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.figures import figure
from fitscope.verdicts.means import GENERAL, Means
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import sure


@dataclass(frozen=True)
class Version:
    """A plainer or more regularized version of a model, measured on the same rows.

    Attributes:
        name: what it is called.
        excess: the model's loss less the version's, each at its best epoch, row by row;
            corrected for all pairs of the study.
        score: where the version stands, if that is known.
    """

    name: str
    excess: Difference
    score: Score | None = None


def richness(versions: Sequence[Version]) -> Price | None:
    """What a model costs at its best against the best version of itself that was measured.

    The chance is that of a cost above zero. The best of several versions looks better than it
    is: the chances are corrected for their number by Holm's method.

    Args:
        versions: plainer or more regularized versions of the model.

    Returns:
        The price, below zero where all of them are worse; None without any.

    Example:
        >>> worse = Difference(0.03, 0.01, (0.01, 0.05), p=0.002, p_corrected=0.006)
        >>> tiny = Version("Tiny", replace(worse, value=0.01, p=0.3))
        >>> found = richness([tiny, Version("L2", worse)])
        >>> found.against, found.value, round(found.chance, 3)
        ('L2', 0.03, 0.998)
        >>> doubtful = replace(worse, value=0.001, p=0.94)
        >>> richness([Version(name, doubtful) for name in "abc"]).chance
        0.5
    """
    if not versions:
        return None
    corrected = holm([one.excess.p_not_above for one in versions])
    at = max(range(len(versions)), key=lambda number: versions[number].excess.value)
    best = versions[at]
    # many versions make a cost doubtful, never unlikely
    doubt = min(corrected[at], max(best.excess.p_not_above, 0.5))
    chance = 1.0 - doubt
    return Price(best.excess.value, best.excess.error, chance, best.name)


def overfit_beside(
    verdict: Verdict,
    own: Score,
    versions: Sequence[Version],
    metric: str,
    means: Means = GENERAL,
) -> Verdict:
    """Turn a verdict into "overfit" where a plainer version of the model shows it.

    The version must fit the training rows surely worse, and validate surely better by as much
    as matters. Where overfitting begins, no curve says: `onset_epoch` is None. The end of a
    training that was unstable is no cost of overfitting, and is left out.

    Args:
        verdict: of the model by itself. "overfit" stays: it says more.
        own: where the model stands.
        versions: plainer or more regularized versions of it.
        metric: what to call the metric.
        means: what can be tried on the model.

    Returns:
        The verdict, perhaps another one.
    """
    if verdict.label == "overfit":
        return verdict
    needed = verdict.evidence.needed or 0.0
    shown = [
        (one.excess, one.score)
        for one in versions
        if one.score is not None
        and one.excess.sure
        and one.excess.value > 0
        and one.excess.value >= needed
        and _fits_better(own, one.score) > ONE_SIDED
    ]
    if not shown:
        return verdict
    excess, other = max(shown, key=lambda pair: pair[0].value)
    chance = excess.sign_chance_corrected * float(below(_fits_better(own, other)))
    begins = "Its own curve shows no overfitting, but " if verdict.label == "good" else ""
    text = (
        f"{begins}{other.name}, a plainer version of it, fits the training rows worse ({metric} "
        f"{figure(other.train)} against {figure(own.train)}) and validates better "
        f"({figure(other.validation)} against {figure(own.validation)}, "
        f"{sure(excess.sign_chance_corrected)} sure): what this model fits beyond it "
        "does not hold on other rows."
    )
    advice = (f"Use {other.name}, or something between the two.", MORE_ROWS, *means.against)
    return replace(
        verdict,
        label="overfit",
        confidence=round(min(chance, SUREST), 4),
        onset_epoch=None,
        evidence=replace(verdict.evidence, onset_interval=None),
        explanation=text[:1].upper() + text[1:],
        advice=advice,
        cost=None if verdict.label == "unstable" else verdict.cost,
    )


def priced(verdict: Verdict, kept: bool, versions: Sequence[Version]) -> Verdict:
    """The verdict with what overfitting costs, as far as that can be said.

    Of a training that was unstable nothing can: its end is not that of overfitting.

    Args:
        verdict: of a run, or of a model over its runs, with what training on costs it.
        kept: the weights of the best epoch are kept, so that nothing of that is paid.
        versions: plainer or more regularized versions of the model.
    """
    if verdict.label == "unstable":
        return replace(verdict, cost=None)
    paid = None if verdict.cost is None else verdict.cost.training_on
    if kept and paid is not None:
        paid = Price(0.0, 0.0, 0.0, f"{paid.against}, which is kept")
    cost = Cost(paid, richness(versions))
    return replace(verdict, cost=cost if cost.parts else None)


def _fits_better(own: Score, other: Score) -> float:
    """By how many standard errors `own` fits its training rows better than `other`."""
    better, error = other.train - own.train, float(np.hypot(own.train_error, other.train_error))
    return better / error if error > 0 else float(np.inf * np.sign(better)) if better else 0.0
