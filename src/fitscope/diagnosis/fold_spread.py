"""What the deviation between folds says of a mean over them, and of how far that moves."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis import gaussian, student
from fitscope.diagnosis.rules import FOLDS_ALIKE

SURE = 0.95


def error_of_mean(deviation: float, folds: int) -> float:
    """Standard error of a mean over folds, for other rows and other training sets.

    The variance of the mean of J folds is (1/J + n_test/n_train) σ² (Nadeau and Bengio 2003,
    Machine Learning 52), with n_test/n_train = 1 / (J - 1). σ² is estimated by J / (J - 1) of the
    square of a deviation whose divisor is J, as NumPy's is. That few folds measure it badly widens
    the error as Student's distribution of J - 1 degrees of freedom is wider than the normal one.

    Args:
        deviation: between the folds, divisor J.
        folds: how many there are, J.

    Example:
        >>> round(error_of_mean(0.1, 10), 3), round(error_of_mean(0.1, 3), 3)
        (0.054, 0.198)
    """
    freedom = folds - 1
    variance = deviation**2 * folds / freedom * (1 / folds + 1 / freedom)
    wider = student.quantile(SURE, freedom) / gaussian.quantile(SURE)
    return wider * float(np.sqrt(variance))


def error_of_difference(low: float, end: float, folds: int) -> float:
    """Standard error of how far a mean over folds moves between two rounds.

    A hard fold is hard in each round. The deviation of the folds' own differences is
    √(a² + b² - 2 ρ a b) of deviations a and b whose correlation is ρ, which is not logged;
    `rules.FOLDS_ALIKE` is put in its place.

    Args:
        low: deviation between folds at one round, divisor J.
        end: at the other.
        folds: how many there are, J.

    Example:
        >>> error_of_difference(0.1, 0.1, 5) < error_of_mean(0.1, 5)
        True
    """
    square = low**2 + end**2 - 2 * FOLDS_ALIKE * low * end
    return error_of_mean(float(np.sqrt(max(square, 0.0))), folds)
