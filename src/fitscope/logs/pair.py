"""Which two curves of a log are the training and the validation curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fitscope.errors import UserError
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import Meaning, higher_is_better, meaning

# Keras' `loss` holds the penalties of the layers, these do not
KERAS_CROSSENTROPIES = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
SHOWN = 12  # names in an error


@dataclass(frozen=True)
class Pair:
    """The two curves.

    Attributes:
        train: name of the training curve, None where nobody logged it.
        validation: name of the validation curve.
        metric: the metric's own name.
        higher_is_better: True for accuracies and the like.
        known: whether the name says which way is better.
    """

    train: str | None
    validation: str
    metric: str
    higher_is_better: bool
    known: bool = True


def choose_pair(log: Log, train: str | None = None, validation: str | None = None) -> Pair:
    """The pair by name: a cross-entropy without penalties, the loss, another loss, an accuracy.

    Args:
        log: the curves.
        train: name of the training curve, where the user gave it.
        validation: name of the validation curve, where the user gave it.

    Raises:
        UserError: no such name, no validation curve, or more than one that it could be.
    """
    meanings = {name: meaning(name) for name in log.curves}
    if train is not None:
        train = _known(log, train)
    if validation is not None:
        validation = _known(log, validation)
    elif train is not None:
        validation = _only(log, _validations(meanings, meanings[train].metric), "validation")
    else:
        validation = _only(log, _candidates(log, meanings), "validation")
    metric = meanings[validation].metric
    if train is None:
        train = _partner(log, meanings, metric, validation)
    if train == validation:
        raise UserError(f"{log.source}: {train} cannot be both the training and the validation key")
    higher = higher_is_better(metric)
    return Pair(train, validation, metric or "loss", bool(higher), higher is not None)


def _known(log: Log, wanted: str) -> str:
    if not isinstance(wanted, str):
        raise UserError(f"{log.source}: a metric is named by a text, got {wanted!r}")
    if wanted in log.curves:
        return wanted
    alike = [name for name in log.curves if name.strip().lower() == wanted.strip().lower()]
    if len(alike) != 1:
        raise UserError(f"{log.source}: no metric {wanted!r} in it; it has {_listed(log.curves)}")
    return alike[0]


def _candidates(log: Log, meanings: Mapping[str, Meaning]) -> list[str]:
    """Validation curves of the metric that counts; several where the names do not decide."""
    measured = {m.metric for m in meanings.values() if m.part in ("validation", "test")}
    directions = {metric: higher_is_better(metric) for metric in measured}
    losses = [metric for metric in measured if directions[metric] is False]
    keras = [metric for metric in KERAS_CROSSENTROPIES if metric in measured]
    if len(keras) == 1:
        chosen = keras
    elif "loss" in measured:
        chosen = ["loss"]
    elif losses:
        chosen = losses
    elif "" in measured:
        chosen = [""]
    else:
        chosen = [metric for metric in measured if directions[metric]]
    found = [name for metric in chosen for name in _validations(meanings, metric)]
    if not found and measured:
        named = [n for n, m in meanings.items() if m.part in ("validation", "test")]
        raise UserError(
            f"{log.source}: none of {_listed(named)} is known as a loss or an accuracy; choose "
            "with --train KEY --val KEY"
        )
    return found


def _validations(meanings: Mapping[str, Meaning], metric: str) -> list[str]:
    for part in ("validation", "test"):
        for by_step in (False, True):
            found = [name for name, m in meanings.items() if m == Meaning(part, metric, by_step)]
            if found:
                return found
    return []


def _partner(log: Log, meanings: Mapping[str, Meaning], metric: str, validation: str) -> str | None:
    """The training curve of the metric: the longest told by epoch, `train_x` before plain `x`."""
    enough = min(2, len(log.curves[validation].values))
    for by_step in (False, True):
        for part in ("train", None):
            found = [
                name
                for name, m in meanings.items()
                if m == Meaning(part, metric, by_step)
                and name != validation
                and len(log.curves[name].values) >= enough
            ]
            if found:
                return _only(log, found, "train")
    return None


def _only(log: Log, found: list[str], what: str) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        option = "--train KEY" if what == "train" else "--train KEY --val KEY"
        word = "training" if what == "train" else "validation"
        raise UserError(
            f"{log.source}: {len(found)} {word} curves could be meant, {_listed(sorted(found))}; "
            f"choose with {option}"
        )
    if not log.curves:
        raise UserError(f"{log.source}: no curves in it")
    raise UserError(
        f"{log.source}: no validation curve among {_listed(log.curves)}; log one, or name it with "
        "--val KEY"
    )


def _listed(names: Mapping[str, Logged] | Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(" ".join(name.split()) for name in names[:SHOWN]) + more
