"""What can be tried on a learner against overfitting, and in which strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fitscope.examination.families import told_setting
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.own.network import OwnNetwork

if TYPE_CHECKING:
    from fitscope.learners.base import Learner


@dataclass(frozen=True)
class Change:
    """A setting of a learner that may help against overfitting.

    Attributes:
        setting: which.
        words: what sentences call it.
        strengths: values from weak to strong.
        first: number of the strength to begin with.
        named: the setting is told as it is written, as in "max_depth=4".
    """

    setting: str
    words: str
    strengths: tuple[Any, ...]
    first: int = 0
    named: bool = False


# The order is that in which they are tried where time is short: what helped most often in
# Kadra, Lindauer, Hutter and Grabocka (2021, arXiv 2106.11189) comes first.
NETWORKS = (
    Change("dropout", "dropout", (0.05, 0.1, 0.25, 0.5, 0.7), 2),
    Change("weight_decay", "weight decay", (0.01, 0.03, 0.1, 0.3, 1.0), 2),
    Change("l2", "L2", (1e-5, 1e-4, 1e-3, 1e-2, 1e-1), 2),
    Change("noise", "input noise", (0.05, 0.1, 0.2, 0.4, 0.8), 2),
    Change("mix", "mixing", (0.05, 0.1, 0.2, 0.4, 0.8), 2),
    Change("l1", "L1", (1e-6, 1e-5, 1e-4, 1e-3, 1e-2), 2),
    Change("batch_norm", "batch normalization", (True,)),
)
ON_HIDDEN = ("dropout", "batch_norm")
"""What nothing but hidden layers can have."""
SMALLEST_BATCH = 8
SHARES = {0.5: "half the units", 0.25: "a quarter of the units", 0.125: "an eighth of the units"}
FEWER_UNITS = Change("units", "fewer units", tuple(SHARES))
"""Of a network of the caller's own, whose units are known by their share of what it is given."""


def changes_of(learner: Learner, batch_size: int, rows: int) -> tuple[Change, ...]:
    """The changes that can be tried on a learner.

    Args:
        learner: the learner without them.
        batch_size: rows a step as its plan has them.
        rows: training rows.

    Example:
        >>> [one.words for one in changes_of(MLP(), 128, 1_000)]
        ['weight decay', 'L2', 'input noise', 'mixing', 'L1', 'smaller batches']
        >>> changes_of(HGB(), 128, 1_000)[0].strengths
        (16, 8, 4)
    """
    if isinstance(learner, MLP):
        usual = learner.batch_size or min(batch_size, rows)
        smaller = tuple(size for n in (2, 4, 8) if (size := usual // n) >= SMALLEST_BATCH)
        found = [
            *NETWORKS,
            *([Change("batch_size", "smaller batches", smaller)] if smaller else []),
        ]
        return tuple(one for one in found if learner.hidden or one.setting not in ON_HIDDEN)
    if isinstance(learner, HGB):
        return _boosting(learner, rows)
    if isinstance(learner, Estimator):
        return _around(learner)
    if isinstance(learner, OwnNetwork):
        known = learner.description.knobs
        every = (*NETWORKS[:3], FEWER_UNITS, *NETWORKS[3:])
        return tuple(one for one in every if one.setting in known)
    return ()


def _around(learner: Estimator) -> tuple[Change, ...]:
    """Turns of each knob, from what makes it richer to what makes it plainer; a plainer one first.

    A learner with rounds may learn slower, too, in as many rounds more.
    """
    found = []
    for one in learner.neighbours:
        strengths = (*reversed(one.richer), *one.plainer)
        if strengths:
            first = len(one.richer) + (one.turn.remedy and len(one.plainer) > 1)
            name = one.turn.setting.rpartition("__")[2]
            number = min(first, len(strengths) - 1)
            found.append(Change(one.turn.setting, name, strengths, number, named=True))
    if learner.pace is not None:
        slower = tuple(learner.pace.rate / n for n in (2, 4))
        found.insert(1, Change(learner.pace.setting, "learning_rate", slower, named=True))
    return tuple(found)


def _boosting(learner: HGB, rows: int) -> tuple[Change, ...]:
    leaves = tuple(n for n in (16, 8, 4) if n < (learner.max_leaf_nodes or 64))
    least = learner.min_samples_leaf
    fuller = tuple(least * n for n in (2, 4, 8, 16) if least * n <= rows // 8)
    rates = tuple(learner.learning_rate / n for n in (2, 4))
    found = (
        Change("max_leaf_nodes", "fewer leaves", leaves, min(1, len(leaves) - 1)),
        Change("learning_rate", "slower learning", rates),
        Change("min_samples_leaf", "more rows a leaf", fuller, min(1, len(fuller) - 1)),
        Change("max_features", "random features", (0.8, 0.5, 0.3), 1),
        Change("l2_regularization", "L2", (0.1, 1.0, 10.0, 100.0), 2),
    )
    return tuple(one for one in found if one.strengths)


Settings = tuple[tuple[str, Any], ...]
"""Settings that differ from those of the learner that is changed, in the order of trial."""


def changed(learner: Learner, settings: Settings) -> Learner:
    """The learner with these settings; boosting that learns slower gets as many rounds more.

    Example:
        >>> changed(MLP(16), (("dropout", 0.5), ("l2", 0.001)))
        MLP(16, l2=0.001, dropout=0.5)
        >>> changed(HGB(), (("learning_rate", 0.05),))
        HGB(learning_rate=0.05, max_iter=200)
    """
    values = dict(settings)
    if isinstance(learner, MLP):
        return MLP.from_dict({**learner.as_dict(), **values})
    if isinstance(learner, HGB):
        return replace(learner, **learner.pace.with_rounds(values))
    if isinstance(learner, Estimator):
        pace = learner.pace
        return learner.changed(values if pace is None else pace.with_rounds(values))
    if isinstance(learner, OwnNetwork):
        return learner.changed(values)
    raise TypeError(f"{learner!r} has no settings that could be changed")


def words(settings: Settings, changes: Sequence[Change]) -> str:
    """What was done, in words.

    Example:
        >>> words((("dropout", 0.5), ("batch_norm", True)), NETWORKS)
        'dropout 0.5 + batch normalization'
    """
    names = {one.setting: one.words for one in changes}
    named = {one.setting for one in changes if one.named}
    told = []
    for setting, value in settings:
        name = names[setting]
        if setting in named:
            told.append(told_setting(name, value))
        elif value is True:
            told.append(name)
        elif setting == FEWER_UNITS.setting:
            told.append(SHARES[value])
        elif setting in ("max_leaf_nodes", "min_samples_leaf", "batch_size"):
            # "8 leaves", "80 rows a leaf", "batches of 64"
            told.append(
                {
                    "max_leaf_nodes": f"{value} leaves",
                    "min_samples_leaf": f"{value} rows a leaf",
                    "batch_size": f"batches of {value}",
                }[setting]
            )
        else:
            told.append(f"{name} {value:g}")
    return " + ".join(told)


def between(plainer: Learner, richer: Learner) -> MLP | None:
    """A learner between two rungs: as many layers as the richer one, units halfway by ratio.

    None where there is nothing between.

    Example:
        >>> between(MLP(16), MLP(64, 64)), between(MLP(), MLP(32)), between(MLP(8), MLP(9))
        (MLP(32, 32), MLP(16), None)
    """
    if not (isinstance(plainer, MLP) and isinstance(richer, MLP)) or not richer.hidden:
        return None
    before, many = plainer.hidden, len(richer.hidden)
    usual = (0,) * many if not before else before + (before[-1],) * (many - len(before))
    units = [
        round((few * most) ** 0.5) if few else most // 2
        for few, most in zip(usual, richer.hidden, strict=False)
    ]
    if min(units) < 1 or tuple(units) in (before, richer.hidden):
        return None
    return MLP.from_dict({**richer.as_dict(), "hidden": tuple(units)})
