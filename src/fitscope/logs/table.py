"""A table of logged values, one row an epoch, a step or a record, as logs: one a run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.axes import axis_of
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import ROW_KEYS, meaning
from fitscope.logs.refusals import is_search
from fitscope.logs.searches import searched

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

EPOCHS = (
    *("epoch", "epochs", "epoch_number", "trainer/epoch", "ep", "epoch_num", "epoch_idx"),
    *("n_epoch", "epoch_id", "epoch number", "epoch #", "epoch_no", "num_epoch", "current_epoch"),
    *("époque", "época", "epoche", "epoca", "эпоха"),
)
STEPS = (
    *("step", "steps", "global_step", "_step", "trainer/global_step", "iteration", "iter"),
    *("iterations", "iters", "round", "global step", "it", "train_step", "num_steps"),
    *("current_steps", "training_iteration"),
)
ROUNDS = ("number_of_trees", "n_trees", "num_trees", "trees", "boosting_round", "boosting round")
RUN_NUMBERS = ("run", "repeat", "seed", "fold", "trial", "run_id", "version", "replicate")
METRIC_NAMES = (
    *("metric", "key", "name", "metricname", "metric_name", "tag", "variable", "measure"),
    "series",
    *("attribute_path", "attribute_name"),
)
VALUE_NAMES = ("value", "metricvalue", "metric_value", "values", "scalar", "float_value")
OF_A_CLOCK = re.compile(r"\d:\d\d")
MOST_METRICS = 500  # in a table with a row a metric
MOST_VALUES, MOST_COLUMNS = 20_000_000, 20_000  # of a table
MOST_RUNS = 5_000  # in a table
SCHEDULE = 0.4  # share of gaps from which on they are a schedule and not values that were lost


@dataclass(frozen=True, eq=False)
class Values:
    """Numbers of one name; `present` is False where nothing was logged."""

    values: Float[np.ndarray, " rows"]
    present: Bool[np.ndarray, " rows"]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Attributes:
        numbers: the columns that hold numbers.
        words: the columns that hold text, such as the name of a run.
        notes: what was mended when it was read, a plain sentence each.
    """

    numbers: Mapping[str, Values]
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def epochs(self) -> str | None:
        """Name of the column that numbers the epochs, or the rounds of boosted trees."""
        return _named(self.numbers, (*EPOCHS, *ROUNDS))

    def steps(self) -> str | None:
        """Name of the column that numbers the steps."""
        return _named(self.numbers, STEPS)


def refuse_many(source: str, rows: int, columns: int) -> None:
    """Refuse a table that is larger than any log, before it takes time and memory.

    Raises:
        UserError: it is.
    """
    if rows * max(columns, 1) > MOST_VALUES or columns > MOST_COLUMNS:
        raise UserError(
            f"{source}: {rows:,} rows and {columns:,} columns, more than any log has; cut it to "
            "the columns that matter"
        )


def lenient(values: Float[np.ndarray, " rows"]) -> Values:
    """A column of a source that writes NaN for "not logged" as well as for NaN.

    NaN before a number is a gap if there is a schedule of them, as when validation runs every
    few epochs; a few of them, or an end of them, are a run that diverged.

    Example:
        >>> lenient(np.array([np.nan, 0.5, np.nan, 0.4])).present.tolist()
        [False, True, False, True]
        >>> lenient(np.array([0.5, 0.4, np.nan, np.nan])).present.tolist()
        [True, True, True, True]
    """
    absent = np.isnan(values)
    numbers = np.flatnonzero(~absent)
    reach = numbers[-1] + 1 if len(numbers) else len(values)
    gaps = absent[:reach].mean() if len(values) else 0.0
    return Values(values, ~absent if gaps >= SCHEDULE or not len(numbers) else np.ones_like(absent))


def strict(values: Float[np.ndarray, " rows"], missing: Bool[np.ndarray, " rows"]) -> Values:
    """A column of a source that tells NaN from "not logged"."""
    return Values(values, ~missing)


def logs(source: str, table: Table) -> list[Log]:
    """The runs of a table, each a log.

    A table whose epochs come again holds several runs if columns such as `model` and `repeat`
    tell them apart. A column that says "train" or "val" for each row splits the other columns,
    and one that names a metric for each row the column of values.

    Args:
        source: where the table came from.
        table: the columns.
    """
    if table.notes:
        bare = Table(table.numbers, table.words)
        return [replace(log, notes=(*log.notes, *table.notes)) for log in logs(source, bare)]
    if is_search((*table.numbers, *table.words)):
        columns = {name: one.values.tolist() for name, one in table.numbers.items()}
        if found := search_logs(source, {**columns, **table.words}):
            return found
    exported = runs_of_export(table)
    if exported:
        return [run for name, one in exported.items() for run in logs(f"{source}: {name}", one)]
    table = _parts_apart(metrics_apart(table))
    epoch, step = table.epochs(), table.steps()
    keys = _run_columns(table)
    axis = axis_of((n, c.values) for n, c in table.numbers.items() if c.present.all())
    if axis is not None and epoch is None and step is None:
        others = {name: one for name, one in table.numbers.items() if name != axis.name}
        curves = _curves(_taken(others, axis.order.tolist()), None, None)
        at = {
            name: replace(curve, epochs=axis.places[np.asarray(curve.rows, int)])
            for name, curve in curves.items()
        }
        return [Log(source, at, axis.step, axis.notes)]
    unit = "round" if epoch is not None and epoch.strip(" %#").lower() in ROUNDS else "epoch"
    whole = [Log(source, _curves(table.numbers, epoch, step), unit)]
    if epoch is None or not keys:
        return whole
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, run in enumerate(zip(*keys.values(), strict=True)):
        rows[run].append(row)
    numbers = table.numbers[epoch].values
    runs = [numbers[chosen] for chosen in rows.values()]
    if len(np.unique(numbers)) == len(numbers) or not all(
        run.min() == numbers.min() and len(np.unique(run)) >= len(run) / 2 for run in runs
    ):
        return whole
    if len(rows) > MOST_RUNS:
        raise UserError(f"{source}: {len(rows):,} runs; give at most {MOST_RUNS:,} in one file")
    others = {name: column for name, column in table.numbers.items() if name not in keys}
    return [
        Log(f"{source}: {', '.join(run)}", _curves(_taken(others, chosen), epoch, step), unit)
        for run, chosen in rows.items()
    ]


def search_logs(source: str, columns: Mapping[str, Sequence[Any]]) -> list[Log]:
    """A curve along each setting of a search of scikit-learn; none where none has one.

    Args:
        source: where the search came from.
        columns: those of `cv_results_`.
    """
    return [
        log
        for name, along in searched(columns).items()
        for log in logs(
            f"{source}: {name}",
            Table({n: lenient(values) for n, values in along.columns.items()}, notes=along.notes),
        )
    ]


def runs_of_export(table: Table) -> dict[str, Table]:
    """Weights & Biases exports `run - metric`, its lowest and highest beside it: a table a run.

    Where nobody kept these two, several runs must have the same metrics.
    """
    bands = [name for name in table.numbers if name.endswith(("__MIN", "__MAX"))]
    if not bands and not _are_runs(table.numbers):
        return {}
    runs: dict[str, dict[str, Values]] = defaultdict(dict)
    shared: dict[str, Values] = {}
    for name, column in table.numbers.items():
        run, parted, metric = name.partition(" - ")
        if not parted:
            shared[name] = column
        elif name not in bands:
            runs[run][metric] = column
    return {run: Table({**shared, **columns}) for run, columns in runs.items()}


def _are_runs(columns: Iterable[str]) -> bool:
    """Whether columns are named by a run and its metric, the same ones for each of several."""
    metrics: dict[str, set[str]] = defaultdict(set)
    for name in columns:
        run, parted, metric = name.partition(" - ")
        if parted:
            metrics[run].add(metric)
    same = len({frozenset(of_run) for of_run in metrics.values()}) == 1
    return len(metrics) > 1 and same and not any(meaning(run).part for run in metrics)


def _run_columns(table: Table) -> dict[str, list[str]]:
    """Columns that tell runs apart: few values, in many rows each."""
    columns = {name: list(texts) for name, texts in table.words.items()}
    for name, column in table.numbers.items():
        if name.strip().lower() in RUN_NUMBERS:
            columns[name] = [f"{name} {value:g}" for value in column.values]
    found = {}
    for name, texts in columns.items():
        different = set(texts)
        truth = {text.lower() for text in different} <= {"true", "false"}
        clock = all(not text or OF_A_CLOCK.search(text) for text in different)
        if 1 < len(different) <= len(texts) / 2 and not truth and not clock:
            found[name] = texts
    return found


def metrics_apart(table: Table) -> Table:
    """`step, metric, value` with a row a metric becomes a column a metric."""
    name, value = _named(table.words, METRIC_NAMES), _named(table.numbers, VALUE_NAMES)
    if name is None and value is None:  # "metric/name" beside "metric/value"
        pair = _named_below(table.words, METRIC_NAMES), _named_below(table.numbers, VALUE_NAMES)
        name, value = pair if _above(pair[0]) == _above(pair[1]) else (None, None)
    if name is None or value is None or len(set(table.words[name])) > MOST_METRICS:
        return table
    column = table.numbers[value]
    numbers = _places(table)
    texts = np.array(table.words[name])
    if not numbers:
        metrics, counts = np.unique(texts, return_counts=True)
        if len(metrics) > 1 and counts.min() == counts.max():  # each in its order
            rows = {metric: texts == metric for metric in metrics.tolist()}
            return Table(
                {m: Values(column.values[at], column.present[at]) for m, at in rows.items()}
            )
    for metric in dict.fromkeys(table.words[name]):
        numbers[metric] = Values(column.values, column.present & (texts == metric))
    return Table(numbers, {n: words for n, words in table.words.items() if n != name})


def _named_below(columns: Iterable[str], names: Sequence[str]) -> str | None:
    """The column of which the last part is one of these names."""
    below = {name.rpartition("/")[2]: name for name in columns}
    last = _named(below, names)
    return None if last is None else below[last]


def _above(name: str | None) -> str:
    return (name or "").rpartition("/")[0]


def _places(table: Table) -> dict[str, Values]:
    """The columns that say where a row stands: its epoch, its step and its run."""
    kept = (table.epochs(), table.steps(), *RUN_NUMBERS)
    return {name: column for name, column in table.numbers.items() if name in kept}


def _parts_apart(table: Table) -> Table:
    """`split, loss` with rows of train and rows of val becomes `train/loss, val/loss`."""
    for name, texts in table.words.items():
        different = sorted(set(texts))
        shown = {text: text.strip() for text in different}
        known = [meaning(text) for text in different if meaning(text).part and text.isalpha()]
        two = name.lower() in ROW_KEYS and len(different) == 2 and len(known) == 1
        if two and known[0].part != "train":  # "opt" beside "eval"
            shown |= {text: "train" for text in different if not meaning(text).part}
        if len(different) > 1 and all(_is_part(text) for text in shown.values()):
            places = _places(table)
            numbers = dict(places)
            for part in different:
                mine = np.array([text == part for text in texts])
                for metric, column in table.numbers.items():
                    if metric not in places:
                        numbers[f"{shown[part]}/{metric}"] = Values(
                            column.values, column.present & mine
                        )
            words = {other: texts for other, texts in table.words.items() if other != name}
            return Table(numbers, words)
    return table


def _is_part(text: str) -> bool:
    known = meaning(text)
    return known.part is not None and not known.metric


def _curves(
    columns: Mapping[str, Values], epoch: str | None, step: str | None
) -> dict[str, Logged]:
    found = {}
    gaps = epoch is None and step is None and not all(c.present.all() for c in columns.values())
    for name, column in columns.items():
        if name in (epoch, step) or not column.present.any():
            continue
        shown = column.present.copy()
        places: list[Float[np.ndarray, " n"] | None] = []
        for key in (epoch, step):
            numbered = key is not None and np.isfinite(columns[key].values[shown]).any()
            if key is not None and numbered:
                shown &= np.isfinite(columns[key].values)
        for key in (epoch, step):
            at = columns[key].values[shown] if key is not None else None
            places.append(at if at is not None and np.isfinite(at).all() else None)
        epochs, steps = places
        rows = np.flatnonzero(shown).astype(np.float64)
        found[name] = Logged(column.values[shown], rows if gaps else epochs, steps, rows)
    return found


def _taken(columns: Mapping[str, Values], rows: Sequence[int]) -> dict[str, Values]:
    return {
        name: Values(column.values[rows], column.present[rows]) for name, column in columns.items()
    }


def _named(columns: Iterable[str], names: Sequence[str]) -> str | None:
    lower = {name.strip(" %#").lower(): name for name in columns}
    return next((lower[name] for name in names if name in lower), None)
