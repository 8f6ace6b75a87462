"""Row scores of a model over its runs; with folds, runs put together to rounds."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError
from fitscope.study import checksums
from fitscope.study.arrays import read_arrays

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from fitscope.data.split import Split
    from fitscope.diagnosis.around_best import AroundBest
    from fitscope.diagnosis.compare import RowScores
    from fitscope.diagnosis.folds import Folds
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import Folder

GROUPS = "groups"


@dataclass(frozen=True, eq=False)
class Rounds:
    """Which rows the folds of a study validate, and which of them belong together.

    A round is one run on each fold.

    Attributes:
        places: for each fold, places of its validation rows among those of all folds.
        train: training rows of a fold.
        groups: what names the group of each row; None where each row stands for itself.

    Example:
        >>> rounds = Rounds((np.array([2, 0]), np.array([1])), train=2)
        >>> rounds.whole([np.array([0.2, 0.0]), np.array([0.1])])
        array([0. , 0.1, 0.2])
        >>> rounds.folds and rounds.folds.of
        array([0, 1, 0])
    """

    places: tuple[Int[np.ndarray, " validation"], ...]
    train: int
    groups: Int[np.ndarray, " rows"] | None = None

    @cached_property
    def folds(self) -> Folds | None:
        """The fold of each row; None of a single validation part."""
        from fitscope.diagnosis.folds import Folds  # imports SciPy

        if len(self.places) == 1:
            return None
        numbers = [np.full(len(at), fold) for fold, at in enumerate(self.places)]
        return Folds(self.whole(numbers).astype(int), self.train)

    @property
    def shares(self) -> Float[np.ndarray, " folds"]:
        """The share of all rows that each fold validates."""
        sizes = np.array([len(at) for at in self.places], float)
        return sizes / sizes.sum()

    def fit(self, parts: Sequence[AroundBest]) -> bool:
        """Whether scores are of as many rows as each fold validates."""
        return all(
            {len(values) for values in one.rows.values()} == {len(at)}
            for one, at in zip(parts, self.places, strict=True)
        )

    def whole(self, parts: Sequence[Float[np.ndarray, " part"]]) -> Float[np.ndarray, " rows"]:
        """Values of all rows, in the table's order, from those of each fold."""
        rows = np.empty(sum(map(len, self.places)))
        for at, values in zip(self.places, parts, strict=True):
            rows[at] = values
        return rows


def store_places(
    folder: Folder,
    splits: Sequence[Split],
    given: Sequence[Int[np.ndarray, " rows"]],
    groups: Sequence[Int[np.ndarray, " rows"]] = (),
) -> None:
    """Keep where the validation rows of each fold stand, and which rows belong together.

    Of a single split without groups there is nothing to keep.

    Args:
        folder: the study folder.
        splits: one a fold.
        given: numbers of their validation rows in the table; one fold after the other if empty.
        groups: what names the group of each of these rows; empty where each stands for itself.

    Raises:
        UserError: rows that several folds validate, or the file cannot be written.
    """
    if (len(splits) == 1 and not groups) or folder.folds.exists():
        return
    sizes = [len(one.y_validation) for one in splits]
    places = list(given) or np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    known, at = np.unique(np.concatenate(places), return_inverse=True)
    if list(map(len, places)) != sizes or len(known) < sum(sizes):
        raise UserError("each row must be validated by one fold; cut the folds otherwise")
    parts = np.split(at, np.cumsum(sizes)[:-1])
    kept = {str(i): one for i, one in enumerate(parts)}
    if groups:
        kept[GROUPS] = np.empty(len(known), int)
        kept[GROUPS][at] = np.concatenate(groups)
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **kept)
    checksums.store(folder.path, {folder.folds: stream.getvalue()})


def read_rounds(document: StudyDocument, folder: Folder) -> Rounds | None:
    """The folds and groups of a study; None without any, or where nobody knows them any more."""
    stored = read_arrays(folder.path, folder.folds)
    if stored is None or not {str(fold) for fold in range(document.data.folds)} <= stored.keys():
        return None
    places = tuple(stored[str(fold)] for fold in range(document.data.folds))
    groups = stored.get(GROUPS)
    if any(at.ndim != 1 or at.dtype.kind not in "iu" for at in places):
        return None
    every = np.concatenate(places)
    if not np.array_equal(np.sort(every), np.arange(len(every))):
        return None
    if groups is not None and groups.shape != every.shape:
        return None
    return Rounds(places, document.data.train_rows, groups)


def whole_rounds(runs: Collection[int], folds: int) -> list[int]:
    """Numbers of the rounds that have a run on each fold.

    Args:
        runs: numbers of a model's finished runs.
        folds: runs of a round.

    Example:
        >>> whole_rounds([0, 1, 2, 3, 5], folds=2)
        [0, 1]
    """
    return [
        number
        for number in range(max(runs, default=-1) // folds + 1)
        if all(number * folds + fold in runs for fold in range(folds))
    ]


def runs_of_rounds(runs: Collection[int], folds: int) -> list[int]:
    """Numbers of the runs that make whole rounds.

    Args:
        runs: numbers of a model's finished runs.
        folds: runs of a round.

    Example:
        >>> runs_of_rounds([0, 1, 2, 3, 5], folds=2)
        [0, 1, 2, 3]
    """
    return [number * folds + fold for number in whole_rounds(runs, folds) for fold in range(folds)]


def row_scores(
    name: str, runs: Mapping[int, AroundBest | None], folds: int, rounds: Rounds | None
) -> RowScores | None:
    """Scores of a model's runs, or of its complete rounds; None where one of them has none.

    Args:
        name: name of the model.
        runs: number of a run to its scores.
        folds: runs of a round, 1 without folds.
        rounds: how they are put together; not needed of a single fold.
    """
    from fitscope.diagnosis.compare import RowScores  # imports SciPy

    found = [
        [runs[number * folds + fold] for fold in range(folds)]
        for number in whole_rounds(runs, folds)
    ]
    known = [[one for one in parts if one is not None] for parts in found]
    if not known or known != found or (folds > 1 and rounds is None):
        return None
    if rounds is not None and not all(map(rounds.fit, known)):
        return None
    metrics = list(known[0][0].rows)

    def rows(parts: Sequence[AroundBest], metric: str) -> Float[np.ndarray, " rows"]:
        each = [one.rows[metric] for one in parts]
        return each[0] if rounds is None else rounds.whole(each)

    def error(parts: Sequence[AroundBest], metric: str) -> float:
        each = np.array([one.errors[metric] for one in parts])
        return float(each[0] if rounds is None else np.linalg.norm(rounds.shares * each))

    return RowScores(
        name,
        {metric: np.stack([rows(parts, metric) for parts in known]) for metric in metrics},
        {metric: np.array([error(parts, metric) for parts in known]) for metric in metrics},
        None if rounds is None else rounds.folds,
        None if rounds is None else rounds.groups,
    )
