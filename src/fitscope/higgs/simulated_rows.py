"""Simulated HIGGS rows, as many as are wanted, without a network."""

from __future__ import annotations

from contextlib import closing

import numpy as np
from jaxtyping import Float32

from fitscope.data.on_disk import gathered
from fitscope.errors import UserError
from fitscope.higgs.layout import COLUMNS
from fitscope.higgs.simulated_blocks import simulated_blocks
from fitscope.higgs.source import MOST_SEED

MOST_ROWS = 1_000_000_000


def simulated_higgs(
    rows: int = 11_000, seed: int = 0, *, processes: int | None = None
) -> tuple[Float32[np.ndarray, "rows 28"], Float32[np.ndarray, " rows"]]:
    """Simulate collisions in the columns of HIGGS; docs/simulation.md says how, and how well.

    Event i of a seed is the same whatever `rows` is: the first 11,000 of a million are the
    11,000. Another seed gives other events. A split of such rows, for a study, is
    `higgs(validation, train, data="simulated")`, with seed 7 `data="simulated:7"`.

    Args:
        rows: how many.
        seed: which sample of them, from 0 to 2**32 - 1.
        processes: how many make them; 0 makes them in this process. None takes one a core, and
            none for a few rows. The rows do not depend on it.

    Returns:
        Features, in the order of `fitscope.datasets.FEATURE_NAMES` and scaled as the published
        ones are, and labels: 1 for signal, 0 for background.

    Raises:
        UserError: fewer than one row, more than fit into memory, or an impossible seed.

    Example:
        >>> x, y = simulated_higgs(1_000, seed=7)
        >>> x.shape, y.shape
        ((1000, 28), (1000,))
        >>> further, _ = simulated_higgs(5_000, seed=7)
        >>> bool((further[:1_000] == x).all())
        True
    """
    check(rows, seed)
    with closing(simulated_blocks(rows, seed, processes)) as blocks:
        return gathered(blocks, len(COLUMNS), rows)


def check(rows: int, seed: int) -> None:
    """Refuse impossible numbers of rows and seeds.

    Raises:
        UserError: says what is possible.
    """
    if not _is_whole(rows) or not 1 <= rows <= MOST_ROWS:
        shown = f"{rows:,}" if _is_whole(rows) else repr(rows)
        raise UserError(f"{shown} simulated rows asked for; ask for 1 to {MOST_ROWS:,}")
    if not _is_whole(seed) or not 0 <= seed <= MOST_SEED:
        raise UserError(f"seed {seed!r}: give a whole number from 0 to {MOST_SEED:,}")


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)
