"""The HIGGS rows of the guide: 28 features of particle collisions, signal or background."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.higgs.layout import FEATURE_NAMES
from fitscope.higgs.read import read
from fitscope.higgs.source import find_source
from fitscope.task import BINARY


def higgs(validation: int = 1_000, train: int | None = 10_000, data: str | Path = "auto") -> Split:
    """The first HIGGS rows: validation rows first, then training rows, as the guide draws them.

    Args:
        validation: how many rows to validate on.
        train: how many rows to train on; None takes all that follow.
        data: a `.csv.gz` file, its http(s) address or a `.csv` file, in the published layout
            without a header; a `.parquet` file with columns of these names; "simulated", or
            "simulated:7" for the sample with seed 7; or "auto": the copy that `fitscope data
            fetch` keeps, else the published address, and without a network simulated rows. An
            address that you name, here or by `FITSCOPE_HIGGS_URL`, gives its rows or an error.
            Reading stops behind the last row asked for.

    Returns:
        The rows. Those of a fetched copy are memory-mapped, so that all 11,000,000 load at once.
        `source` says where they came from, and whether they are simulated.

    Warns:
        Notice: "auto" found neither a copy nor a network, so the rows are simulated.

    Raises:
        UserError: the rows cannot be had, are fewer than asked for, or are not what they should
            be; the message tells the line and the column.

    Example:
        >>> split = higgs(data="HIGGS.csv.gz")              # doctest: +SKIP
        >>> split.x_train.shape, split.x_validation.shape   # doctest: +SKIP
        ((10000, 28), (1000, 28))
        >>> higgs(data="simulated")
        Split(10,000 training rows, 1,000 validation rows, 28 features,
              from simulated:0 (simulated))
    """
    for name, count in (("validation", validation), ("training", train)):
        if count is not None and not isinstance(count, (int, np.integer)):
            raise UserError(f"{count!r} {name} rows asked for; ask for a whole number")
        if count is not None and count < 1:
            raise UserError(f"{count} {name} rows asked for; ask for at least 1")
    needed = validation + (1 if train is None else train)
    x, y, source = read(find_source(data), None if train is None else needed)
    if len(y) < needed:
        raise UserError(
            f"{source.location}: holds {len(y):,} rows, but {validation:,} validation rows and "
            f"{'at least 1' if train is None else f'{train:,}'} training rows were asked for; "
            "ask for fewer"
        )
    end = len(y) if train is None else needed
    return Split(
        x[validation:end],
        y[validation:end],
        x[:validation],
        y[:validation],
        FEATURE_NAMES,
        source,
        checked=True,
        task=BINARY,
    )
