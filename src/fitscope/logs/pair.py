"""Which two curves of a log are the training and the validation curve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fitscope.errors import UserError
from fitscope.history import SIZE
from fitscope.logs.direction import higher_is_better, is_unsure, measures_nothing
from fitscope.logs.first_set import first_set_is_training
from fitscope.logs.held_back import held_back
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import Meaning, meaning, shown_metric
from fitscope.logs.proof import proven_direction
from fitscope.logs.refusals import is_folds, is_search, listed, why_no_validation
from fitscope.logs.sums import summed

# Keras' `loss` holds the penalties of the layers, these do not
KERAS_CROSSENTROPIES = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
LIKELY_LOSSES = (
    *("crossentropy", "logloss", "nll", "loss", "mse", "squared", "rmse", "mae", "absolute"),
    *("perplexity", "error", "wer", "cer"),
)
LIKELY_SCORES = (
    *("miou", "accuracy", "map50_95", "map", "ap", "auc", "auroc", "f1", "iou", "dice", "r2"),
    *("score", "exact_match", "bleu", "rougel"),
)

TOTAL = re.compile(r"(?<![a-z])(?:total|sum)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """The two curves.

    Attributes:
        log: the log that holds them; sums of losses are added to the one that was given.
        train: name of the training curve, None where nobody logged it.
        validation: name of the validation curve.
        metric: the metric's own name.
        higher_is_better: True for accuracies and the like.
        why: what made this validation curve the one to judge.
        notes: what was assumed.
        others: other validation curves that could have been meant, parts of a sum among them.
    """

    log: Log
    train: str | None
    validation: str
    metric: str
    higher_is_better: bool
    why: str
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def choose_pair(
    log: Log, train: str | None = None, validation: str | None = None, higher: bool | None = None
) -> Pair:
    """The pair by name: a cross-entropy without penalties, the loss, another loss, an accuracy.

    Where several could be meant, the likeliest is taken and the others are told. Several losses
    that are parts of one, such as those of a detector, are judged as their sum.

    Args:
        log: the curves.
        train: name of the training curve, where the user gave it.
        validation: name of the validation curve, where the user gave it.
        higher: whether higher is better, where the user said it.

    Raises:
        UserError: no such name, no validation curve, or a metric of which nobody knows which way
            is better.
    """
    log = first_set_is_training(log)
    meanings = _meanings(log)
    notes: list[str] = []
    others: list[str] = []
    if train is not None:
        train = _known(log, train)
    if validation is not None:
        validation, why = _known(log, validation), "chosen with --val"
    else:
        wanted = meanings[train].metric if train is not None else None
        log, validation, why, others, told = _likeliest(log, meanings, wanted, higher)
        notes += told
        meanings = _meanings(log)
    if train is None:
        train = _partner(log, meanings, validation, notes)
    if train == validation:
        raise UserError(f"{log.source}: {train} cannot be both the training and the validation key")
    metric = meanings[validation].metric
    direction = higher if higher is not None else higher_is_better(metric)
    of_rows = train is not None and log.step == SIZE  # more rows fit worse: no direction in that
    if higher is None and direction is not None and is_unsure(metric) and not of_rows:
        pushed = None if train is None else proven_direction(log.curves[train])
        if pushed is None:
            _ask_if_it_got_worse(log, validation, direction)
        elif pushed is not direction:
            direction = pushed
            notes.append(
                f"{_one_line(validation)}: {_way(pushed)} is taken as better, because training "
                "pushed it there"
            )
    if direction is None and not metric and train is not None:  # "train" and "val" alone
        first, last = log.curves[train].values[[0, -1]]
        direction = False if last < first else None
    if direction is None:
        direction = proven_direction(log.curves[train]) if train is not None else None
        if direction is None:
            raise UserError(_which_way(log, validation))
        notes.append(
            f"the name {_one_line(validation)} does not say which way is better: "
            f"{_way(direction)}, because "
            "training pushed it there"
        )
    metric = shown_metric(validation) if metric or not direction else "score"
    return Pair(log, train, validation, metric, direction, why, tuple(notes), tuple(others))


def _which_way(log: Log, validation: str) -> str:
    return (
        f"{log.source}: it is not known which way {_one_line(validation)} is better; say "
        "--higher-is-better or --lower-is-better, or choose with --train KEY --val KEY"
    )


def _ask_if_it_got_worse(log: Log, validation: str, higher: bool) -> None:
    """Refuse a name that hints at a direction, where the curve goes the other way from its start.

    Raises:
        UserError: it does, and nothing else tells which way is better.
    """
    values = log.curves[validation].values
    for part in (values, values[: len(values) // 2]):
        if proven_direction(Logged(part)) is (not higher):
            raise UserError(_which_way(log, validation))


def _known(log: Log, wanted: str) -> str:
    if not isinstance(wanted, str):
        raise UserError(f"{log.source}: a metric is named by a text, got {wanted!r}")
    if wanted in log.curves:
        return wanted
    alike = [name for name in log.curves if name.strip().lower() == wanted.strip().lower()]
    if len(alike) != 1:
        raise UserError(f"{log.source}: no metric {wanted!r} in it; it has {listed(log.curves)}")
    return alike[0]


def _likeliest(
    log: Log, meanings: Mapping[str, Meaning], wanted: str | None, higher: bool | None
) -> tuple[Log, str, str, list[str], list[str]]:
    """The log with sums, the validation curve that counts, why, others that could, and notes."""
    measured = held_back(log, meanings)
    if wanted is not None:
        measured = [name for name in measured if meanings[name].metric == wanted]
    if not measured or is_search(log.curves) or is_folds(log.curves):
        raise UserError(f"{log.source}: {why_no_validation(log)}")
    directions = {name: higher_is_better(meanings[name].metric) for name in measured}
    usable = [n for n in measured if not measures_nothing(meanings[n].metric)] or measured
    moving = {n for n in usable if not _stands_still(log, n)} or {*usable}
    keras = [n for n in usable if meanings[n].metric in KERAS_CROSSENTROPIES]
    losses = [n for n in usable if directions[n] is False]
    scores = [n for n in usable if directions[n]]
    bare = [n for n in usable if not meanings[n].metric]
    plain = [n for n in losses if meanings[n].metric == "loss"]
    one_kind = len({meanings[n].metric for n in keras}) == 1
    chosen, why = next(
        (names, reason)
        for names, reason in (
            (keras if one_kind else [], "a cross-entropy, which holds no penalties of the layers"),
            (plain, "the loss"),
            (losses, "a loss by its name"),
            (bare, "the only value of these rows that has no further name"),
            (scores, "a score by its name, and there is no loss"),
            (usable, "the only one left"),
        )
        if moving.intersection(names)
    )
    if chosen is losses and len(chosen) > 1:
        whole = summed(log, chosen)
        if whole is not None:
            why = "the sum of losses that are parts of one"
            return whole.log, whole.name, why, losses, [whole.note]
    if wanted is not None:
        why = "of the same metric as the curve chosen with --train"
    likely = LIKELY_LOSSES if directions[chosen[0]] is False else LIKELY_SCORES
    twins = {m.metric for m in meanings.values() if m.part in ("train", None)}

    def order(name: str) -> tuple[bool, bool, bool, int, bool, int]:
        metric = meanings[name].metric
        rank = next((at for at, word in enumerate(likely) if word in metric), len(likely))
        return (
            *(meanings[name].by_step, name not in moving, metric not in twins, rank),
            *(_is_total(name), -len(log.curves[name].values)),
        )

    first = min(chosen, key=order)
    others = [n for n in chosen if n != first and meanings[n].by_step == meanings[first].by_step]
    if not others:
        return log, first, why, [], []
    note = f"{_one_line(first)} was judged; {listed(others)} could be meant, too: choose with --val"
    if directions[first] is None and higher is None and meanings[first].metric:
        raise UserError(
            f"{log.source}: none of {listed(chosen)} is known as a loss or an accuracy; choose "
            "with --train KEY --val KEY and say --higher-is-better or --lower-is-better"
        )
    return log, first, why, others, [note]


def _partner(
    log: Log, meanings: Mapping[str, Meaning], validation: str, notes: list[str]
) -> str | None:
    """The training curve of the metric: the longest told by epoch, `train_x` before plain `x`.

    A total stands beside a total, where there are both.
    """
    metric = meanings[validation].metric
    alike = {
        n: m
        for n, m in meanings.items()
        if n == validation or _is_total(n) == _is_total(validation)
    }
    if any(m.part in ("train", None) and m.metric == metric for m in alike.values()):
        meanings = alike
    enough = min(2, len(log.curves[validation].values))
    for by_step in (False, True):
        for part in ("train", None):
            found = [
                name
                for name, m in meanings.items()
                if (m.part, m.metric, m.by_step) == (part, metric, by_step)
                and name != validation
                and len(log.curves[name].values) >= enough
            ]
            if len(found) > 1:
                best = max(found, key=lambda name: len(log.curves[name].values))
                others = listed([name for name in found if name != best])
                notes.append(
                    f"{_one_line(best)} is taken as its training curve; {others} could be meant, "
                    "too: choose with --train"
                )
                return best
            if found:
                return found[0]
    if not metric:  # "loss: 0.5 (val: 0.6)"
        return next((n for n, m in meanings.items() if m == Meaning(None, "loss", False)), None)
    return _stem_partner(meanings, metric)


def _meanings(log: Log) -> dict[str, Meaning]:
    """What the curves' names mean, also as a whole.

    `val_seen` and `val_unseen` beside a bare `train` are of its metric: the words name sets.
    """
    meanings = {name: meaning(name) for name in log.curves}
    bare = any(m.part == "train" and not m.metric for m in meanings.values())
    held = {n: m for n, m in meanings.items() if m.part in ("validation", "test")}
    named = {m.metric for m in held.values()}
    sets = bare and len(named) == len(held) > 1
    if not sets or any(higher_is_better(one) is not None or measures_nothing(one) for one in named):
        return meanings
    return {n: replace(m, metric="") if n in held else m for n, m in meanings.items()}


def _stem_partner(meanings: Mapping[str, Meaning], metric: str) -> str | None:
    """`train_loss` for `eval_a_loss`: several validation sets and one training set."""
    last = metric.rpartition("_")[2]
    if last != "loss" or metric == "loss":
        return None
    found = [n for n, m in meanings.items() if m.part in ("train", None) and m.metric == "loss"]
    return found[0] if len(found) == 1 and _several_sets(meanings, last) else None


def _several_sets(meanings: Mapping[str, Meaning], last: str) -> bool:
    parts = [m for m in meanings.values() if m.part in ("validation", "test")]
    return all(m.metric.endswith(last) for m in parts if higher_is_better(m.metric) is False)


def _stands_still(log: Log, name: str) -> bool:
    """Whether a curve has one value only: beside others that is none to judge."""
    values = log.curves[name].values
    return bool(np.all(values == values[0]))


def _is_total(name: str) -> bool:
    """Whether a value is a sum where the same may stand as a mean beside it."""
    return TOTAL.search(name) is not None


def _way(higher: bool) -> str:
    return "higher" if higher else "lower"


def _one_line(name: str) -> str:
    return " ".join(name.split())
