"""scikit-learn's `cv_results_`: a search over settings, read as a curve along each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.logs.axes import VALUE, is_known, named_by_training, plain_name

if TYPE_CHECKING:
    from jaxtyping import Float

PARAMETER, TRAIN, OTHERS, RANK = "param_", "mean_train_", "mean_test_", "rank_test_"
FEWEST = 3  # values of a setting


@dataclass(frozen=True, eq=False)
class Along:
    """What a search says along one setting.

    Attributes:
        columns: the setting's values, under a name that `axis_of` knows, and mean scores at each.
        notes: how the values are counted, where they are not what the columns hold.
    """

    columns: Mapping[str, Float[np.ndarray, " values"]]
    notes: tuple[str, ...] = ()


def searched(columns: Mapping[str, Sequence[Any]]) -> dict[str, Along]:
    """A curve a setting, its other settings being those of the best candidate.

    Settings that are no numbers, or of which fewer than three values were tried beside the best
    candidate's others, have no curve.

    Args:
        columns: those of `cv_results_`, a value a candidate.

    Example:
        >>> scores = {"mean_train_score": [0.7, 0.9, 1.0], "mean_test_score": [0.7, 0.8, 0.75]}
        >>> found = searched({"param_max_depth": [1, 4, None], **scores})
        >>> list(found), found["max_depth"].notes
        (['max_depth'], ('values of max_depth are counted from 0, in their order: 1, 4, None',))
    """
    settings = {n: list(v) for n, v in columns.items() if n.startswith(PARAMETER)}
    scores = {
        f"{part}/{name.removeprefix(start)}": np.asarray(values, np.float64)
        for start, part in ((TRAIN, "train"), (OTHERS, "validation"))
        for name, values in columns.items()
        if name.startswith(start)
    }
    best = _best(columns, scores)
    if best is None:
        return {}
    found: dict[str, Along] = {}
    for name, values in settings.items():
        others = [other for other in settings if other != name]
        rows = [
            row
            for row in range(len(values))
            if all(str(settings[o][row]) == str(settings[o][best]) for o in others)
        ]
        along = _along(name, [values[row] for row in rows], {n: s[rows] for n, s in scores.items()})
        if along is not None:
            found[name.removeprefix(PARAMETER)] = along
    return found


def _best(columns: Mapping[str, Any], scores: Mapping[str, np.ndarray]) -> int | None:
    held_back = [score for name, score in scores.items() if name.startswith("validation/")]
    if not held_back or not np.isfinite(held_back[0]).any():
        return None
    rank = next((values for name, values in columns.items() if name.startswith(RANK)), None)
    return int(np.nanargmax(held_back[0])) if rank is None else int(np.argmin(rank))


def _along(name: str, values: list[Any], scores: Mapping[str, np.ndarray]) -> Along | None:
    """The scores along one setting; `None` as a value means no limit and stands at the end."""
    places = np.array([_number(value) for value in values])
    places, rows = np.unique(places, return_index=True)
    if len(places) < FEWEST or np.isnan(places).any():
        return None
    scores = {part: score[rows] for part, score in scores.items()}
    short, notes = name.removeprefix(PARAMETER), ()
    if np.isinf(places).any():
        told = ", ".join(f"{place:g}" if np.isfinite(place) else "None" for place in places)
        notes = (f"values of {short} are counted from 0, in their order: {told}",)
        short, places = VALUE, np.arange(float(len(places)))
    train = next((score for part, score in scores.items() if part.startswith("train/")), None)
    if not is_known(plain_name(short)):
        if train is None:
            return None
        short = named_by_training(places, train)
    return Along({short: places, **scores}, notes)


def _number(value: Any) -> float:
    """A value of a setting; infinite where there is no limit, NaN where it is no number."""
    if value is None or str(value) in ("None", "", "nan"):
        return np.inf
    try:
        return np.nan if isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError):
        return np.nan
