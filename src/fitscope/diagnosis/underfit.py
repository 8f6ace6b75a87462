"""Underfitting, which only a reference can show."""

from __future__ import annotations

from dataclasses import dataclass

from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.rules import OF_POSSIBLE, ONE_SIDED


@dataclass(frozen=True)
class Score:
    """Where a model stands, as losses (lower is better).

    Attributes:
        name: what to call it.
        train: loss on the training rows with dropout off.
        train_error: its standard error.
        validation: best validation loss, corrected for selection.
        validation_error: its standard error.
    """

    name: str
    train: float
    train_error: float
    validation: float
    validation_error: float


def underfit_by_reference(
    train: float | None, validation: float, error: float, reference: float, possible: float
) -> float:
    """Chance that a model has learnt nothing that matters beyond a constant predictor.

    Args:
        train: lowest loss on the training rows, None where unknown.
        validation: lowest loss on the validation rows, corrected for selection.
        error: its standard error.
        reference: loss of the constant predictor.
        possible: the most that can be gained over it: all of it, of a loss that ends at 0.

    Returns:
        The chance that the validation loss is not better by a share that matters; by half of
        that share, if the training rows are fitted better: such a model learns, if little.

    Example:
        >>> underfit_by_reference(0.69, 0.69, 0.001, reference=0.693, possible=0.693) > 0.99
        True
        >>> underfit_by_reference(0.30, 0.60, 0.001, reference=0.693, possible=0.693)
        0.0
    """
    if train is not None and train < reference - OF_POSSIBLE * possible:
        return no_better(validation, error, reference, possible / 2)
    return no_better(validation, error, reference, possible)


def no_better(validation: float, error: float, reference: float, possible: float) -> float:
    """Chance that a validation loss is not better than a constant predictor by what matters.

    Example:
        >>> no_better(0.70, 0.001, reference=0.693, possible=0.693)
        1.0
    """
    needed = reference - OF_POSSIBLE * possible
    return float(below((validation - needed) / max(error, 1e-12 * possible, 1e-300)))


def underfit_by_others(
    own: Score, others: list[Score], sure: float = ONE_SIDED
) -> tuple[str, float] | None:
    """The model that shows another one to underfit: it fits better and validates better.

    Args:
        own: the model in question.
        others: other models trained on the same rows.
        sure: standard errors by which both must be better.

    Returns:
        Name of the model that shows it most clearly and how sure it is (0 to 1), or None if
        none is better at both beyond noise and by a share that matters.

    Example:
        >>> tiny = Score("Tiny", 0.58, 0.001, 0.59, 0.002)
        >>> big = Score("Big", 0.45, 0.001, 0.53, 0.002)
        >>> underfit_by_others(tiny, [big])[0], underfit_by_others(big, [tiny])
        ('Big', None)
    """
    found: tuple[str, float] | None = None
    for other in others:
        chance = 1.0
        for mine, theirs, error in (
            (own.train, other.train, (own.train_error**2 + other.train_error**2) ** 0.5),
            (
                own.validation,
                other.validation,
                (own.validation_error**2 + other.validation_error**2) ** 0.5,
            ),
        ):
            better = mine - theirs
            if better < OF_POSSIBLE * abs(mine) or better < sure * error:
                chance = 0.0
                break
            chance *= float(below(better / error)) if error > 0 else 1.0
        if chance > 0 and (found is None or chance > found[1]):
            found = (other.name, chance)
    return found
