"""A gap that is said to cost something: does anything gain on fresh rows?

Simulated events are examined, a few hundred at a time, and every network of the examination is
held against fresh events: itself, and each plainer, more regularized or recalibrated version of
it that the examination has trained. Beside it stands the rule of a gap, on the same fits.

    python -m calibration.costs --tables 20 --budget 30
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from calibration.alone import alone
from calibration.events import events, fresh
from calibration.table import table

ROWS = (600, 2_000)  # of a table, taking turns
TEST = 0.05
FRESH = 50_000
SURE = 2.0  # standard errors on fresh rows from which on a gain is one
GAP, SHARE = 0.03, 0.10
TARGET = "signal"
SAID = ("costs", "perhaps", "nothing")


@dataclass(frozen=True)
class Seen:
    """One network of one examination.

    Attributes:
        model: its name.
        gap: whether the rule of a gap speaks of overfitting.
        said: "costs", "perhaps" or "nothing".
        gain: the most that a version of it gains on fresh rows.
        error: standard error of that.
        against: the version.
        needed: the smallest rise that matters, by the network's verdict.
    """

    model: str
    gap: bool
    said: str
    gain: float
    error: float
    against: str
    needed: float


def gap_votes(train: dict[str, float], test: dict[str, float]) -> bool:
    """Skore's check SKD001, "potential overfitting", as its documentation gives it.

    A metric votes for it where the gap is at least max(0.03, a tenth of the training score), or of
    the test score where lower is better; a strict majority of metrics decides.
    """
    votes = []
    for name in train:
        lower = name in ("log loss", "Brier score")
        gap = test[name] - train[name] if lower else train[name] - test[name]
        votes.append(gap >= max(GAP, SHARE * abs((test if lower else train)[name])))
    return sum(votes) > len(votes) / 2


def scores(odds: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"]) -> dict[str, float]:
    """Predictive metrics of a binary classifier."""
    from sklearn import metrics

    chance = 1 / (1 + np.exp(-odds))
    return {
        "accuracy": metrics.accuracy_score(y, odds > 0),
        "precision": metrics.precision_score(y, odds > 0, zero_division=0),
        "recall": metrics.recall_score(y, odds > 0),
        "ROC AUC": metrics.roc_auc_score(y, odds),
        "log loss": metrics.log_loss(y, chance),
        "Brier score": metrics.brier_score_loss(y, chance),
    }


def columns(x: Float[np.ndarray, "rows features"]) -> dict[str, np.ndarray]:
    """Features as the columns of a table."""
    return {f"x{number}": one for number, one in enumerate(x.T)}


def examined(number: int, budget: float, out: Path) -> list[Seen]:
    """Examine one table of simulated events and hold its networks against fresh ones.

    Args:
        number: of the table.
        budget: seconds of the examination.
        out: its folder.
    """
    import fitscope as fs
    from fitscope.data.table import read_table
    from fitscope.diagnosis.temperature import temperature
    from fitscope.examination.options import options
    from fitscope.examination.outputs import of_rows
    from fitscope.examination.rows import prepare_table
    from fitscope.learners.knobs import is_plainer
    from fitscope.task import BINARY
    from fitscope.verdicts.cost import Price
    from fitscope.verdicts.cost_words import cost_words

    rows = events(0, ROWS[number % len(ROWS)], seed=50_000 + number)
    given = columns(rows[:, 1:]) | {TARGET: rows[:, 0].astype(int)}
    chosen = {"target": TARGET, "test": TEST, "folds": 1, "learners": "mlp", "seed": number}
    chosen["budget"] = budget
    found = fs.examine(given, out=out, progress=False, **chosen)
    stored = found.study.stored
    prepared = prepare_table(options(**chosen), given)
    split = prepared.splits[0]
    x, y = fresh(FRESH)
    x = prepared.encodings[0].transform(read_table(columns(x)))

    learners = {entry.name: entry.learner for entry in stored.document.models}
    odds, other = {}, {}
    for name in learners:
        if stored.results.runs_of(name):
            odds[name], *other[name] = (
                of_rows(stored.folder, stored.document, name, 0, part)
                for part in (x, split.x_train, split.x_validation)
            )
    losses = {name: BINARY.row_losses(one, y) for name, one in odds.items()}
    needed = {
        model.name: model.verdict.evidence.needed
        for model in stored.results.models
        if model.verdict is not None
    }
    seen = []
    for rung in found.answer.rungs:
        learner = learners[rung.model]
        if learner.kind != "mlp" or rung.cost is None or rung.model not in odds:
            continue
        on_train, on_validation = other[rung.model]
        hot = temperature(on_validation, split.y_validation, BINARY)
        versions = {
            name: losses[name] for name in losses if is_plainer(learners[name], learner)
        } | {"another temperature": BINARY.row_losses(odds[rung.model] / hot, y)}
        against = min(versions, key=lambda name: versions[name].mean())
        gain = losses[rung.model] - versions[against]
        price = Price(rung.cost, rung.cost_error or 0.0, rung.cost_chance or 0.0)
        words = cost_words(price, needed.get(rung.model))
        said = "nothing" if words.nothing else "perhaps" if words.unclear else "costs"
        gap = gap_votes(scores(on_train, split.y_train), scores(on_validation, split.y_validation))
        error = float(gain.std(ddof=1)) / len(gain) ** 0.5
        seen.append(
            Seen(
                rung.model,
                gap,
                said,
                float(gain.mean()),
                error,
                against,
                needed.get(rung.model, 0.0),
            )
        )
    return seen


def train_missing(work: Path, tables: int, budget: float) -> None:
    """Examine the tables that were not examined yet."""
    for number in range(tables):
        path = work / "costs" / f"{number}.json"
        with alone(path) as mine, tempfile.TemporaryDirectory() as out:
            if not mine:
                continue
            seen = examined(number, budget, Path(out) / "examination")
            path.write_text(json.dumps([asdict(one) for one in seen]))
            print(f"table {number}: {len(seen)} networks", flush=True)


def stored(work: Path) -> list[list[Seen]]:
    """What was examined so far, table by table."""
    files = sorted((work / "costs").glob("*.json"))
    return [[Seen(**one) for one in json.loads(file.read_text())] for file in files]


def report(tables: list[list[Seen]]) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    for name, gains in (("nothing gains what matters", False), ("something does", True)):
        part = [[one for one in seen if (one.gain >= _least(one)) == gains] for seen in tables]
        flat = [one for seen in part for one in seen]
        said = [_share(part, lambda one, word=word: one.said == word) for word in SAID]
        gap = _share(part, lambda one: one.gap)
        gain = f"{np.mean([one.gain for one in flat]):+.4f}" if flat else ""
        lines.append([name, f"{len(flat)}", gain, *said, gap])
    said = (
        f"Networks of examinations of {len(tables)} tables of {ROWS[0]:,} or {ROWS[1]:,} simulated "
        f"events, held against {FRESH:,} fresh ones: whether a plainer, more regularized or "
        f"recalibrated version of the network gains there what matters (the rise that its verdict "
        f"asks for, and {SURE:g} standard errors), what the examination says of its cost, and what "
        "the rule of a gap (skore's SKD001: max(0.03, 10 %), most of six metrics) says of the same "
        "fit. Errors are those of shares of whole tables, whose networks share their rows."
    )
    head = ["on fresh events", "networks", "mean gain", *(f"said: {one}" for one in SAID), "gap"]
    return said + "\n\n" + table(head, lines)


def _share(tables: list[list[Seen]], holds: Callable[[Seen], bool]) -> str:
    """Of how many networks it holds, in per cent, with the error of a ratio of sums over tables.

    Cochran, Sampling techniques (1977), section 2.11. Where it holds for none or all the error is
    that of one more table for which it would not.
    """
    seen = [one for one in tables if one]
    if not seen:
        return ""
    sizes = np.array([len(one) for one in seen], float)
    hits = np.array([sum(map(holds, one)) for one in seen], float)
    share = hits.sum() / sizes.sum()
    count = len(seen)
    rest = hits - share * sizes
    error = np.sqrt(count / max(count - 1, 1) * rest @ rest) / sizes.sum()
    return f"{100 * share:.1f} ± {100 * (error or 1 / (count + 1)):.1f} %"


def _least(one: Seen) -> float:
    """The smallest gain that counts."""
    return max(one.needed, SURE * one.error)


def main() -> None:
    """Examine, then print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("runs/calibration"))
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--budget", type=float, default=30.0)
    options = parser.parse_args()
    train_missing(options.work, options.tables, options.budget)
    print(report(stored(options.work)))


if __name__ == "__main__":
    main()
