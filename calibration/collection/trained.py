"""Small networks and boosted trees, really trained on simulated rows, with a huge test part.

Their curves have shapes that nobody made: what is true of them is taken from `TEST` fresh rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.signal import savgol_filter

from calibration.collection.population import Population
from calibration.collection.seen import KEPT, Case, epochs_of, spread
from fitscope.history import History, RowLosses

TEST = 20_000
POINTS = 60  # epochs at which the population loss is taken
STEPS = 12_000  # at most, of a network
LONGEST = 400
FEATURES = 8
PARTS = (100, 400, 2_000)
KINDS = ("networks, trained", "boosting, trained")

Rows = tuple[Float[np.ndarray, "rows features"], Float[np.ndarray, " rows"]]


@dataclass(frozen=True, eq=False)
class Trained:
    """A run: logits of validation and test rows.

    Attributes:
        train: mean loss and error rate of the training rows, one pair an epoch.
        validation: logits of the validation rows, one row an epoch.
        after: the epochs at which the test rows were predicted.
        test: mean loss and error rate of the test rows at these.
    """

    train: Float[np.ndarray, "n 2"]
    validation: Float[np.ndarray, "n rows"]
    after: Float[np.ndarray, " points"]
    test: Float[np.ndarray, "points 2"]


def rows_of(random: np.random.Generator, task: np.random.SeedSequence, count: int) -> Rows:
    """Rows with labels 0 and 1 that depend on the features, more or less."""
    fixed = np.random.default_rng(task)
    weights = fixed.normal(size=(FEATURES, 6))
    strength, bend = float(np.exp(fixed.uniform(np.log(0.02), np.log(4)))), fixed.uniform(0, 2)
    x = random.normal(size=(count, FEATURES))
    inner = x @ weights / FEATURES**0.5
    odds = strength * (
        inner[:, 0] + bend * np.sin(2 * inner[:, 1]) + bend * inner[:, 2] * inner[:, 3]
    )
    return x, (random.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(float)


def row_losses(odds: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Cross-entropies, row by row."""
    return np.logaddexp(0.0, np.where(y > 0.5, -odds, odds))


def _means(odds: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    return float(row_losses(odds, y).mean()), float(np.mean((odds > 0) != (y > 0.5)))


def network(random: np.random.Generator, train: Rows, validation: Rows, test: Rows) -> Trained:
    """A network with one hidden layer, trained by Adam under one of four schedules."""
    x, y = train
    width = int(random.choice([2, 8, 32, 96]))
    batch = min(32, len(y))
    n = min(epochs_of(random), LONGEST, max(STEPS * batch // len(y), 10))
    highest, decay = (
        float(random.choice([3e-3, 1e-2, 3e-2])),
        float(random.choice([0, 0, 1e-3, 1e-2])),
    )
    schedule = int(random.integers(4))
    weights = [
        random.normal(size=(FEATURES, width)) / FEATURES**0.5,
        np.zeros(width),
        random.normal(size=width) / width**0.5 * random.choice([0.1, 1.0]),
        np.zeros(1),
    ]
    first, second = [0 * w for w in weights], [0 * w for w in weights]
    after = spread(n, POINTS)
    curve, kept, tested, step = [], [], [], 0
    for epoch in range(n):
        at = epoch / n
        rate = (
            highest
            * (
                1.0,
                0.1 ** int(3 * at),
                (1 + np.cos(np.pi * at)) / 2,
                (1 + np.cos(np.pi * (3 * at % 1))) / 2,
            )[schedule]
        )
        seen, order = np.zeros(2), random.permutation(len(y))
        for begin in range(0, len(y), batch):
            some = order[begin : begin + batch]
            hidden = np.maximum(x[some] @ weights[0] + weights[1], 0)
            odds = hidden @ weights[2] + weights[3]
            seen += np.array(_means(odds, y[some])) * len(some)
            off = (1 / (1 + np.exp(-odds)) - y[some]) / len(some)
            back = np.outer(off, weights[2]) * (hidden > 0)
            slopes = [x[some].T @ back, back.sum(0), hidden.T @ off, off.sum(keepdims=True)]
            step += 1
            for i, slope in enumerate(slopes):
                slope = slope + decay * weights[i]
                first[i] = 0.9 * first[i] + 0.1 * slope
                second[i] = 0.999 * second[i] + 0.001 * slope**2
                size = np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
                weights[i] = weights[i] - rate * first[i] / (1 - 0.9**step) / size

        def predict(rows: Rows) -> np.ndarray:
            return np.maximum(rows[0] @ weights[0] + weights[1], 0) @ weights[2] + weights[3]

        curve.append(seen / len(y))
        kept.append(predict(validation))
        if epoch in after:
            tested.append(_means(predict(test), test[1]))
    return Trained(np.array(curve), np.array(kept), after, np.array(tested))


def boosting(random: np.random.Generator, train: Rows, validation: Rows, test: Rows) -> Trained:
    """scikit-learn's gradient boosting, round by round."""
    from sklearn.ensemble import GradientBoostingClassifier

    n = min(epochs_of(random), LONGEST // 2)
    model = GradientBoostingClassifier(
        n_estimators=n,
        learning_rate=float(random.choice([0.02, 0.1, 0.3, 1.0])),
        max_depth=int(random.integers(1, 6)),
        subsample=float(random.choice([0.5, 1.0])),
        random_state=int(random.integers(2**31)),
    ).fit(*train)
    after = spread(n, POINTS)

    def staged(rows: Rows) -> Iterator[np.ndarray]:
        return (odds[:, 0] for odds in model.staged_decision_function(rows[0]))

    curve = np.array([_means(odds, train[1]) for odds in staged(train)])
    kept = np.array(list(staged(validation)))
    wanted = set(after.tolist())
    tested = [_means(o, test[1]) for i, o in enumerate(staged(test)) if i in wanted]
    return Trained(curve, kept, after, np.array(tested))


def cases(kind: str, number: int, stream: int) -> list[Case]:
    """One run, shown on a small and on a larger validation part, as loss and as error."""
    random = np.random.default_rng([stream, 1_000 + KINDS.index(kind), number])
    task = np.random.SeedSequence([stream, 2_000 + KINDS.index(kind), number])
    train = rows_of(random, task, int(random.choice([60, 200, 600])))
    if len(np.unique(train[1])) < 2:
        return []
    test = rows_of(random, task, TEST)
    validation = rows_of(random, task, max(PARTS))
    learn = network if kind == KINDS[0] else boosting
    run = learn(random, train, validation, test)
    few, many = sorted(random.choice(PARTS, 2, replace=False).tolist())
    share = float(train[1].mean())
    return [
        _shown(random, run, validation[1], few, 0, share, bool(random.uniform() < 0.5)),
        _shown(random, run, validation[1], many, 0, share, bool(random.uniform() < 0.5)),
        _shown(random, run, validation[1], many, 1, share, False),
    ]


def _smooth(values: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
    window = len(values) // 12 * 2 + 1
    return values if window < 5 else np.asarray(savgol_filter(values, window, 1, mode="interp"))


def _shown(
    random: np.random.Generator,
    run: Trained,
    y: Float[np.ndarray, " rows"],
    rows: int,
    metric: int,
    share: float,
    kept: bool,
) -> Case:
    """A run on the first `rows` validation rows; metric 0 is the loss, 1 the error rate."""
    n = len(run.train)
    at = np.arange(n)
    odds, y = run.validation[:, :rows], y[:rows]
    each = row_losses(odds, y) if metric == 0 else ((odds > 0) != (y > 0.5)).astype(float)
    validation = each.mean(axis=1)
    population = np.interp(at, run.after, _smooth(run.test[:, metric]))
    train = np.interp(at, run.after, _smooth(run.train[run.after, metric]))
    rest = validation - _smooth(validation)
    window = max(n // 20, 1)
    low = int(population.argmin())
    away = each[-window:].mean(axis=0) - each[max(low - window // 2, 0) :][:window].mean(axis=0)
    power = float(rest @ rest)
    near = float(rest[1:] @ rest[:-1]) / power if power > 0 and n > 20 else 0.0
    noise = float(np.sqrt(power / n)) if n >= 12 else float(each.std() / rows**0.5 / 4)
    epochs = spread(n, KEPT)
    known = bool(random.uniform() < 0.5) or kept
    constant = (
        (-share * np.log(share) - (1 - share) * np.log(1 - share))
        if metric == 0
        else min(share, 1 - share)
    )
    history = History(
        "simulated",
        ("loss", "error")[metric],
        at,
        run.train[:, metric],
        validation,
        rows=RowLosses(epochs, each[epochs]) if kept else None,
        reference=float(constant) if known else None,
        scores={"accuracy": np.mean((odds > 0) == (y > 0.5), axis=1)} if metric == 0 else {},
        step="epoch",
    )
    true = Population(
        train,
        population,
        noise,
        float(np.clip(near, 0, 0.9)),
        float(each[low].std() / rows**0.5),
        float(away.std() / rows**0.5),
        float(rest[n // 2 :].std()),
    )
    told = ("loss, rows kept" if kept else "loss") if metric == 0 else "error"
    return Case(history, true, told)
