"""What the name of a file says of the curves in it, where their own names do not."""

from __future__ import annotations

import re
from dataclasses import replace

from fitscope.logs.direction import higher_is_better
from fitscope.logs.log import Log
from fitscope.logs.names import meaning

TAGGED = re.compile(r"(?P<run>.*)[-_]tag[-_](?P<tag>.+)")  # as TensorBoard names its downloads
NO_NAMES = frozenset(("value", "values", "wall time", "wall_time", "timestamp"))


def tag(stem: str) -> str:
    """What a file of one curve is named by.

    Example:
        >>> tag("run-version_0-tag-val_loss"), tag("val_loss")
        ('val_loss', 'val_loss')
    """
    found = TAGGED.fullmatch(stem)
    return found["tag"] if found else stem


def named_by(stem: str, log: Log) -> Log:
    """A log whose one nameless curve bears its file's name, or whose rows the file names.

    Args:
        stem: a file's name without its ending.
        log: the curves in it.

    Example:
        >>> import numpy as np
        >>> from fitscope.logs.log import Logged
        >>> curve = Logged(np.array([0.5, 0.4]))
        >>> list(named_by("run-a-tag-val_loss", Log("", {"Value": curve})).curves)
        ['val_loss']
        >>> list(named_by("sts-dev_results", Log("", {"cosine_spearman": curve})).curves)
        ['validation/cosine_spearman']
    """
    if log.curves and all(name.lower() in NO_NAMES for name in log.curves):
        curve = next((c for n, c in log.curves.items() if n.lower().startswith("value")), None)
        return log if curve is None else replace(log, curves={tag(stem): curve})
    known = [meaning(name) for name in log.curves]
    ways = {higher_is_better(m.metric) for m in known}
    if meaning(stem).part != "validation" or ways != {True} or any(m.part for m in known):
        return log  # a loss might be that of training
    return replace(log, curves={f"validation/{name}": c for name, c in log.curves.items()})
