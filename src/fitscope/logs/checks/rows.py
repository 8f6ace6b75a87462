"""Checks on which rows of a log count: after the fit, begun again, resumed, mixed, one alone."""

from __future__ import annotations

import numpy as np

from fitscope.logs.after_fit import within_fit
from fitscope.logs.checks.seen import Seen
from fitscope.numbers import place
from fitscope.verdicts.check import Check


def after_fit(seen: Seen) -> Check | None:
    """FS213: a value was logged after the fit."""
    read = seen.reading
    if read is None or read.train is None:
        return None
    curves = seen.log.curves
    if not {read.train, read.validation} <= curves.keys():
        return None  # a sum of several
    if within_fit(curves[read.validation], curves[read.train]) is None:
        return None
    return Check(
        "FS213",
        "note",
        "A row was logged after the fit",
        f"The last value of {read.validation} came without training before it, as "
        "trainer.validate or trainer.test write it. It is no epoch and was left out.",
        (read.validation,),
    )


def several_runs(seen: Seen) -> Check | None:
    """FS214: epochs start again, so that one log holds several runs."""
    if seen.runs < 2:
        return None
    return Check(
        "FS214",
        "note",
        "Epochs start again",
        f"The log holds {seen.runs} runs, one after another, and each was judged by itself. If it "
        "is one run that went on, number its epochs on; if not, write each to a file of its own.",
    )


def resumed(seen: Seen) -> Check | None:
    """FS215: the run went back to an earlier epoch and went on from there."""
    read = seen.reading
    if read is None or read.mixed or seen.runs > 1 or read.validation not in seen.log.curves:
        return None
    places = seen.log.curves[read.validation].places
    back = np.flatnonzero(np.diff(places) < 0)
    if not len(back) or len(back) > max(3, len(places) // 10):
        return None  # rows in no order at all
    row = int(back[0])
    return Check(
        "FS215",
        "note",
        "The run was resumed",
        f"After {place(places[row])} comes {place(places[row + 1])}: it went on from an earlier "
        "checkpoint. What the first attempt logged after that is left out.",
        (read.validation,),
    )


def interleaved_runs(seen: Seen) -> Check | None:
    """FS225: several programs wrote into the log at once."""
    read = seen.reading
    if read is None or not read.mixed:
        return None
    return Check(
        "FS225",
        "problem",
        "Several curves under one name",
        f"{read.validation} comes more than once at most {seen.step}s, with values that lie apart: "
        "several programs write into one log at once, or several sets of rows have one name. The "
        "curve that was judged may be of none of them. Write each to a file of its own.",
        (read.validation,),
    )


def single_evaluation(seen: Seen) -> Check | None:
    """FS216: there is one validation value only."""
    read = seen.reading
    if read is None or len(read.history.validation) != 1:
        return None
    return Check(
        "FS216",
        "warning",
        "There is one evaluation only",
        f"{read.validation} was measured once. A single value has no course: evaluate each "
        f"{seen.step}, or each few hundred steps.",
        (read.validation,),
    )
