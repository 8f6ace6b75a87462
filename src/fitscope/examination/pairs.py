"""Two models on the same validation rows: how far apart, and how sure that is."""

from __future__ import annotations

from fitscope.diagnosis.compare import Difference, difference
from fitscope.examination.measured import Measured


def pair(a: Measured, b: Measured) -> Difference:
    """Loss of `a` less that of `b`: above zero `b` is better.

    Args:
        a: the one.
        b: the other, on the same rows.
    """
    return difference(a.losses, b.losses, folds=a.folds, groups=a.groups)


def contenders(measured: dict[str, Measured], level: float = 0.975) -> list[str]:
    """The models that may still be the best: not surely worse than the lowest one, lowest first.

    Args:
        measured: name to losses.
        level: how sure it must be that a model is worse, taken alone.

    Example:
        >>> import numpy as np
        >>> rows = np.random.default_rng(0).normal(0.5, 0.1, 400)
        >>> def made(name, losses):
        ...     return Measured(name, losses[None], losses[None], losses, 0 * losses)
        >>> noise = np.random.default_rng(1).normal(0, 0.1, 400)
        >>> noisy = rows + noise - noise.mean() + 0.002
        >>> found = {"a": made("a", rows), "b": made("b", noisy), "c": made("c", noisy + 0.1)}
        >>> contenders(found)
        ['a', 'b']
    """
    if not measured:
        return []
    ranked = sorted(measured, key=lambda name: measured[name].mean)
    best = measured[ranked[0]]
    return [
        name
        for name in ranked
        if name == best.name or pair(measured[name], best).p_not_above > 1 - level
    ]
