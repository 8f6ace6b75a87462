"""Which model to take, and how good it is although it was taken for being good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fitscope.diagnosis.mean_interval import mean_interval
from fitscope.errors import UserError

Places = tuple[int, ...]
"""Models that are averaged into one; a single model is the average of itself."""
Average = Callable[[Places], Float[np.ndarray, " rows"]]
"""Losses of an average of models on validation rows."""
Rule = Callable[[Int[np.ndarray, " rows"]], Places]
"""What is taken, told from so much as some validation rows say."""

DRAWS, FEWEST_DRAWS = 200, 50  # a row is left out of more than a third of them
WORK = 1e8  # losses that may be drawn in all: a second or so
APART = 1.0
"""Standard errors of a paired difference from which on a richer model is preferred. By half of it
3.6 instead of 1.5 % of choices are surely worse than the plainest model; twice as many give away a
third more loss (`python -m calibration plainest`)."""
WORTH = 0.005
"""Share of the loss that another family's model takes away where it is averaged with others at the
least: it has to be kept, and to predict, too."""


@dataclass(frozen=True, eq=False)
class Winner:
    """What a rule takes, and its loss without the luck that got it taken.

    Attributes:
        chosen: the place of the model, or of those that are averaged.
        raw: its mean validation loss as it stands: too low.
        value: the same corrected for the choice.
        error: standard error of that.
        interval: its 95 % interval.
    """

    chosen: Places
    raw: float
    value: float
    error: float
    interval: tuple[float, float]


def lowest(losses: Float[np.ndarray, "models rows"]) -> int:
    """The model of lowest mean loss; the first of several.

    Example:
        >>> lowest(np.array([[0.4, 0.6], [0.3, 0.5]]))
        1
    """
    return int(np.argmin(losses.mean(axis=1)))


def plainest_alike(
    losses: Float[np.ndarray, "models rows"], order: Sequence[int], apart: float = APART
) -> int:
    """The plainest model that cannot be told apart from the one of lowest mean loss.

    A model is told apart if its mean loss is more than one standard error above the lowest.
    That is the one-standard-error rule (Breiman, Friedman, Olshen and Stone, 1984, section 3.4.3)
    with the error of the paired difference in the place of that of the loss: models are
    compared on the same rows, and what makes rows hard for all of them decides nothing.

    Args:
        losses: loss of each model on each validation row; of several runs or rounds the mean.
        order: places of the models, the plainest first.
        apart: how many standard errors set two models apart.

    Returns:
        The place of the model.

    Example:
        >>> rows = np.random.default_rng(0).exponential(0.5, 400)
        >>> noise = np.random.default_rng(1).normal(0, 0.1, (3, 400))
        >>> losses = rows + noise + np.array([[0.2], [0.0], [0.0]])
        >>> plainest_alike(losses, order=[0, 1, 2])
        1
    """
    best = lowest(losses)
    for one in order:
        above = losses[one] - losses[best]
        if float(above.mean()) <= apart * standard_error(above):
            return int(one)
    return best


def plainest_of_best_family(
    losses: Float[np.ndarray, "models rows"],
    families: Sequence[str | None],
    apart: float = APART,
) -> int:
    """Of each family the plainest that cannot be told apart from its best; of these the best.

    Within a family, where models differ in how rich they are, `plainest_alike` decides. Of two
    families neither is plainer, so that nothing but the mean loss speaks for one of them.

    Args:
        losses: loss of each model on each validation row, the plainest model of a family before
            its richer ones.
        families: which each model belongs to; None of one that is the plainest of every family, a
            constant prediction.
        apart: how many standard errors set two models of a family apart.

    Returns:
        The place of the model.

    Example:
        >>> rows = np.random.default_rng(0).exponential(0.5, 400)
        >>> noise = np.random.default_rng(1).normal(0, 0.1, (4, 400))
        >>> losses = rows + noise + np.array([[0.2], [0.01], [0.2], [0.0]])
        >>> plainest_alike(losses, order=range(4), apart=2)
        1
        >>> plainest_of_best_family(losses, [None, "mlp", "hgb", "hgb"], apart=2)
        3
    """
    choices = _plainest_of_families(losses, families, apart)
    return choices[lowest(losses[choices])]


def averaged_families(
    losses: Float[np.ndarray, "models rows"],
    families: Sequence[str | None],
    average: Average,
    apart: float = APART,
    worth: float = WORTH,
) -> Places:
    """The best family's choice, averaged with those of other families as long as that helps.

    `plainest_of_best_family` is where it begins. Of the other families' choices the one joins that
    takes most of the loss away, and again, as long as the paired difference is more than one
    standard error and a share of the loss that is worth a further model. That is forward selection
    of an ensemble (Caruana, Niculescu-Mizil, Crew and Ksikes, 2004, "Ensemble selection from
    libraries of models", ICML), each model once at the most. Models of one family err alike, so
    that one of each is enough.

    Args:
        losses: as in `plainest_of_best_family`.
        families: as in `plainest_of_best_family`.
        average: losses of an average of models, with equal weights, on the same rows.
        apart: how many standard errors an average must be better, or a richer model of a family.
        worth: share of the loss that a further model must take away.

    Returns:
        The places of the models to be averaged, the one of lowest loss first; one, if no average
        is better.

    Example:
        >>> errors = np.random.default_rng(0).normal(size=(3, 400))  # of three predictions
        >>> errors[2] *= 3
        >>> mean = lambda places: errors[list(places)].mean(axis=0) ** 2
        >>> averaged_families(errors**2, ["mlp", "hgb", "forest"], mean)
        (0, 1)
    """
    choices = _plainest_of_families(losses, families, apart)
    best = choices[lowest(losses[choices])]
    taken, now = (best,), losses[best]
    others = [one for one in choices if families[one] is not None]
    while families[best] is not None:
        made = {one: average((*taken, one)) for one in others if one not in taken}
        if not made:
            break
        joined = min(made, key=lambda one: float(made[one].mean()))
        gained = now - made[joined]
        if float(gained.mean()) <= max(apart * standard_error(gained), worth * float(now.mean())):
            break
        taken, now = (*taken, joined), made[joined]
    return taken


def standard_error(losses: Float[np.ndarray, " rows"]) -> float:
    """That of their mean; zero of a single one."""
    rows = len(losses)
    return float(losses.std(ddof=1)) / rows**0.5 if rows > 1 else 0.0


def _plainest_of_families(
    losses: Float[np.ndarray, "models rows"], families: Sequence[str | None], apart: float
) -> list[int]:
    """Of each family the plainest that cannot be told apart from its best."""
    named = dict.fromkeys(one for one in families if one is not None)
    choices = []
    for family in named or [None]:
        places = [at for at, one in enumerate(families) if one in (family, None)]
        choices.append(places[plainest_alike(losses[places], range(len(places)), apart)])
    return choices


def winner(
    losses: Float[np.ndarray, "models rows"],
    rule: Rule,
    average: Average | None = None,
    seed: int = 0,
) -> Winner:
    """What the model that a rule takes is worth on rows that had no say in it.

    The rule is applied to rows drawn with replacement, and the model that it takes is scored on
    the rows that were not drawn, again and again: the bootstrap bias correction of
    cross-validated losses (BBC-CV: Tsamardinos, Greasidou and Borboudakis, 2018, Machine
    Learning 107). No model is trained again. The value is the mean over rows of what they lost
    in the draws that left them out; error and interval are those of the taken model's mean,
    moved there.

    Args:
        losses: loss of each model on each row, predicted by runs that were not trained on it;
            of several runs or rounds the mean.
        rule: what is taken, given numbers of rows, some of them several times.
        average: losses of several models averaged, on all rows, for a rule that takes them.
        seed: of the draws.

    Returns:
        The model taken on all rows, and its corrected loss.

    Raises:
        UserError: no model, or fewer than five rows.

    Example:
        >>> losses = np.random.default_rng(0).exponential(0.5, (20, 300))  # all alike: 0.5
        >>> found = winner(losses, lambda rows: (lowest(losses[:, rows]),))
        >>> round(found.raw, 2), round(found.value, 2)
        (0.45, 0.51)
    """
    models, rows = losses.shape
    if not models or rows < 5:
        raise UserError("a choice needs a model and at least five validation rows")

    def of(places: Places) -> Float[np.ndarray, " rows"]:
        return losses[places[0]] if average is None or len(places) == 1 else average(places)

    random = np.random.default_rng(seed)
    draws = int(np.clip(WORK / losses.size, FEWEST_DRAWS, DRAWS))
    total, times = np.zeros(rows), np.zeros(rows)
    for _ in range(draws):
        drawn = np.sort(random.integers(0, rows, rows))  # in order they are read far faster
        out = np.ones(rows, bool)
        out[drawn] = False
        total[out] += of(rule(drawn))[out]
        times[out] += 1
    chosen = rule(np.arange(rows))
    own = of(chosen).astype(np.float64)
    raw, value = float(own.mean()), float((total[times > 0] / times[times > 0]).mean())
    return Winner(chosen, raw, value, standard_error(own), mean_interval(own + (value - raw)))
