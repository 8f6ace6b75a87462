"""Rows that come in groups, as one value a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Shaped


def by_group(
    values: Shaped[np.ndarray, "... rows"], groups: Shaped[np.ndarray, " rows"] | None
) -> Float[np.ndarray, "... units"]:
    """Values of which each stands for itself: one a row, or one a group.

    Rows of a group (the visits of a patient) are alike, and many of them know less than as many
    strangers: it is groups that are drawn by chance. Each becomes one value, the mean of all rows
    and what the group's rows lie off it in sum, times groups over rows. The mean of these values
    is that of the rows, and their scatter that of the ratio estimate of a cluster sample (Cochran,
    1977, chapter 9), so that whatever is known of independent rows holds of them.

    Args:
        values: of each row; several sets are turned side by side, each around its own mean.
        groups: what names the group of each row; None where each row stands for itself.

    Returns:
        One value a group, in the order of the groups' names; the values themselves without groups.

    Example:
        >>> by_group(np.array([1.0, 1.0, 4.0, 2.0]), np.array([7, 7, 9, 9]))
        array([1., 3.])
    """
    rows = np.asarray(values, np.float64)
    if groups is None:
        return rows
    _, at = np.unique(groups, return_inverse=True)
    order = np.argsort(at, kind="stable")
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    mean = rows.mean(axis=-1, keepdims=True)
    sums = np.add.reduceat((rows - mean)[..., order], starts, axis=-1)
    return mean + sums * (len(starts) / rows.shape[-1])
