"""All checks on a table."""

from __future__ import annotations

from collections.abc import Callable, Collection

from fitscope.data.prepared import Prepared
from fitscope.errors import UserError
from fitscope.examination.checks import (
    contradictions,
    drift,
    empty_column,
    identifier,
    leak,
    many_features,
    new_categories,
    numbers_as_text,
    rare_class,
    repeated_rows,
    skewed_target,
    spellings,
    split_groups,
    stand_in,
    target_drift,
    time_column,
    unbalanced,
    validation_rows,
)
from fitscope.examination.checks.seen import Seen, look
from fitscope.verdicts.check import Check, gravest_first

CHECKS: dict[str, Callable[[Seen], Check | None]] = {
    "FS101": leak.check,
    "FS102": identifier.check,
    "FS103": repeated_rows.check,
    "FS104": drift.check,
    "FS105": validation_rows.check,
    "FS106": rare_class.check,
    "FS107": contradictions.check,
    "FS108": split_groups.check,
    "FS109": empty_column.check,
    "FS110": unbalanced.check,
    "FS111": skewed_target.check,
    "FS112": new_categories.check,
    "FS113": many_features.check,
    "FS114": target_drift.check,
    "FS115": time_column.check,
    "FS116": stand_in.check,
    "FS117": numbers_as_text.check,
    "FS118": spellings.check,
}
"""What is looked for, by code."""


def ignored(codes: Collection[str]) -> frozenset[str]:
    """Codes of checks that shall not be made, in any case.

    Raises:
        UserError: there is no such code.

    Example:
        >>> sorted(ignored(["fs104", "FS110"]))
        ['FS104', 'FS110']
    """
    wanted = [code.strip().upper() for code in codes]
    if unknown := [code for code in wanted if code not in CHECKS]:
        raise UserError(f"unknown check {unknown[0]!r}; choose from {', '.join(CHECKS)}")
    return frozenset(wanted)


def check_table(prepared: Prepared, ignore: Collection[str] = ()) -> tuple[Check, ...]:
    """Look at a table for what makes an examination of it worthless, or less worth.

    Large tables are looked at in samples: see `seen.MOST_ROWS`. Equal rows are looked for among
    all.

    Args:
        prepared: a table made ready for training.
        ignore: codes of checks that are not made.

    Returns:
        What was found, worst first.

    Raises:
        UserError: a code to be ignored that there is not.

    Example:
        >>> import numpy as np
        >>> from fitscope.data.prepared import prepare
        >>> random = np.random.default_rng(0)
        >>> x = random.normal(size=(600, 3))
        >>> y = np.where(x[:, 0] + random.normal(size=600) > 0, "yes", "no")
        >>> x[:, 2] = (y == "yes") + 0.1 * x[:, 2]
        >>> [check.code for check in check_table(prepare((x, y)))][:1]
        ['FS101']
    """
    without = ignored(ignore)
    seen = look(prepared)
    found = [
        check
        for code, look_for in CHECKS.items()
        if code not in without and (check := look_for(seen)) is not None
    ]
    return tuple(gravest_first(found))
