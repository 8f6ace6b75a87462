"""FS110: nearly all rows belong to one class."""

from __future__ import annotations

import numpy as np

from fitscope.examination.checks.seen import Seen
from fitscope.names import shown
from fitscope.verdicts.check import Check

NEARLY_ALL = 0.9
"""Share of the largest class from which on accuracy says little: a model that knows nothing has
it, and what can be gained is a tenth at most."""


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if not seen.labelled:
        return None
    counts = np.bincount(seen.y[seen.known].astype(int), minlength=len(seen.labelled))
    share = counts.max() / counts.sum()
    if share < NEARLY_ALL:
        return None
    return Check(
        "FS110",
        "note",
        f"{100 * share:.3g} % of the rows are {shown(seen.labelled[int(counts.argmax())])}",
        f"Always saying so has an accuracy of {share:.3f}, so accuracy means nothing here: judge "
        "by cross-entropy, or by how well the rare rows are found. Do not balance the classes by "
        "copying or dropping rows before the parts are cut.",
    )
