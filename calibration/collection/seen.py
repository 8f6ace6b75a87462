"""What is seen of a run: curves with the noise of epochs and of the rows that validate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from scipy.signal import lfilter

from calibration.collection.curves import Curves
from calibration.collection.population import Population
from fitscope.diagnosis.restarts import SHORTEST
from fitscope.history import History, RowLosses

CORRELATIONS = (0.0, 0.0, 0.3, 0.6, 0.8)
ROWS = (100, 300, 1_000, 10_000)
MOST = 150_000  # losses of single rows that one history may hold
KEPT = 200  # epochs of which losses of single rows are kept
FAR = (5.0, 20.0)  # standard deviations that a spike is off


@dataclass(frozen=True, eq=False)
class Case:
    """A history, and the run that it shows.

    Attributes:
        history: what is diagnosed.
        run: what is true of it.
        costume: how it is told: "loss", "loss, rows kept", "cross-entropy", "error", "accuracy".
    """

    history: History
    run: Population
    costume: str


def epochs_of(random: np.random.Generator) -> int:
    """How long a run is: of few points, or of hundreds and thousands."""
    kind = random.uniform()
    low, high = next(
        reach
        for share, reach in (
            (0.22, (2, 8)),
            (0.44, (9, 20)),
            (0.64, (21, 60)),
            (0.88, (61, 300)),
            (1.01, (301, 3_000)),
        )
        if kind < share
    )
    return int(np.exp(random.uniform(np.log(low), np.log(high + 1))))


def spread(n: int, most: int) -> Int[np.ndarray, " few"]:
    """Epochs spread evenly over n, from the first to the last."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))


def shaken(
    random: np.random.Generator, n: int, correlation: float, heavy: bool
) -> Float[np.ndarray, " n"]:
    """Noise of standard deviation 1: a first-order autoregression, normal or with heavy tails."""
    count = n + 100
    steps = random.standard_t(4, count) / 2**0.5 if heavy else random.normal(size=count)
    noise = lfilter([1], [1, -correlation], steps)[100:]
    return np.asarray((1 - correlation**2) ** 0.5 * noise)


def seen(random: np.random.Generator, curves: Curves) -> Case:
    """Show a run: draw a validation part, the noise of epochs, and a costume."""
    rows = int(random.choice(ROWS))
    costume = str(
        random.choice(["loss", "loss, rows kept", "error", "accuracy"], p=[0.5, 0.2, 0.15, 0.15])
    )
    correlation = float(random.choice(CORRELATIONS))
    heavy = bool(random.uniform() < 0.25)
    jitter = float(np.exp(random.uniform(np.log(0.002), np.log(0.04))))
    if costume in ("error", "accuracy"):
        shown = _of_hits(random, curves, rows, jitter, correlation, costume)
    else:
        shown = _of_losses(random, curves, rows, jitter, correlation, heavy, costume)
    return shown if curves.finished is None else _of_whole_cycles(shown, curves)


def _of_whole_cycles(shown: Case, curves: Curves) -> Case:
    """The truth about a run that ends within a cycle is that about its whole cycles."""
    end, run = curves.finished, shown.run
    starts = np.flatnonzero(np.diff(curves.quiet) > 0)
    hidden = len(starts) < 2 or int(np.diff(starts).min()) < SHORTEST
    cut = replace(run, train=run.train[:end], validation=run.validation[:end], hidden=hidden)
    return replace(shown, run=cut)


def _training(
    random: np.random.Generator, curves: Curves, jitter: float
) -> Float[np.ndarray, " n"]:
    """A training curve is a mean over many more rows."""
    n = len(curves.train)
    return curves.train + jitter * random.uniform(0.05, 0.4) * curves.quiet * random.normal(size=n)


def _spikes(
    random: np.random.Generator, curves: Curves, noise: float
) -> tuple[Float[np.ndarray, " n"], float]:
    """Spikes in the first nine tenths of a run, and the mean square of the late ones."""
    n = len(curves.validation)
    far = (random.uniform(size=n) < curves.spikes) * random.uniform(*FAR, size=n) * noise
    far[int(0.9 * n) :] = 0
    return far, float(np.mean(far[n // 2 :] ** 2))


def _of_losses(
    random: np.random.Generator,
    curves: Curves,
    rows: int,
    jitter: float,
    correlation: float,
    heavy: bool,
    costume: str,
) -> Case:
    n = len(curves.validation)
    level = random.uniform(0.3, 1.0) * 0.7  # spread of the losses of single rows
    drift = random.uniform(0.03, 0.5) * level  # how far a row's loss wanders over the run
    own = random.uniform(0.01, 0.1) * level  # what is new in each row at each epoch
    shared = jitter * curves.quiet * shaken(random, n, correlation, heavy)
    kept = None
    if costume == "loss, rows kept":
        rows = max(min(rows, MOST // n), 50)
        each = level * (random.exponential(size=rows) - 1)
        walks = np.cumsum(random.normal(0, drift / n**0.5, (n, rows)), axis=0)
        off = each + walks + random.normal(0, own, (n, rows))
        validation = curves.validation + shared + off.mean(axis=1)
    else:
        walk = np.cumsum(random.normal(0, drift / (n * rows) ** 0.5, n))
        validation = curves.validation + shared + walk
        validation = validation + level * random.normal() / rows**0.5
        validation = validation + random.normal(0, own / rows**0.5, n)
        off = None
    noise = float(np.hypot(jitter * np.sqrt(np.mean(curves.quiet**2)), own / rows**0.5))
    spikes, squares = _spikes(random, curves, noise)
    validation, train = validation + spikes, _training(random, curves, jitter)
    if off is not None:
        losses = curves.validation[:, None] + (shared + spikes)[:, None] + off
        epochs = spread(n, KEPT)
        kept = RowLosses(epochs, losses[epochs])
    low = int(curves.validation.argmin())
    wandered = drift * ((n - 1 - low) / n) ** 0.5 / rows**0.5
    late = np.hypot(jitter * np.sqrt(np.mean(curves.quiet[n // 2 :] ** 2)), own / rows**0.5)
    run = Population(
        curves.train,
        curves.validation,
        noise,
        correlation,
        level / rows**0.5,
        wandered,
        float(np.sqrt(late**2 + squares)),
        curves.diverged,
    )
    return _told(random, curves, run, train, validation, kept, costume)


def _told(
    random: np.random.Generator,
    curves: Curves,
    run: Population,
    train: Float[np.ndarray, " n"],
    validation: Float[np.ndarray, " n"],
    kept: RowLosses | None,
    costume: str,
) -> Case:
    """The same in units of its own; of what a constant predictor reaches a study knows."""
    n = len(run)
    base = random.uniform(0, 1.5) * (random.uniform() < 0.8)  # what nobody can learn
    lift = base + max(0.0, 0.02 - float(min(train.min(), validation.min())))
    known = curves.known and random.uniform() < 0.8
    unit = float(np.exp(random.uniform(-3, 3)))
    more = {}
    if random.uniform() < 0.4:
        size = np.clip((run.validation + lift) / (curves.start + lift), 0, 1.2)
        more["accuracy"] = np.clip(1 - 0.5 * size + random.normal(0, 0.01, n), 0, 1)
    if kept is not None:
        kept = RowLosses(kept.epochs, unit * (kept.losses + lift))
    history = History(
        "simulated",
        "loss",
        np.arange(n),
        unit * (train + lift),
        unit * (validation + lift),
        rows=kept,
        reference=unit * (curves.start + lift) if known else None,
        scores=more,
    )
    scaled = Population(
        unit * (run.train + lift),
        unit * (run.validation + lift),
        unit * run.noise,
        run.correlation,
        unit * run.level_error,
        unit * run.drift_error,
        unit * run.scatter,
        run.diverged,
    )
    return Case(history, scaled, costume)


def _of_hits(
    random: np.random.Generator,
    curves: Curves,
    rows: int,
    jitter: float,
    correlation: float,
    costume: str,
) -> Case:
    """An error rate on rows of which some are harder: the same rows are missed again and again."""
    n = len(curves.validation)
    chance = random.choice([0.5, 0.9])
    floor = random.uniform(0.02, 0.25)
    top = max(float(curves.validation.max()), curves.start, 1e-9)
    unit = (chance - floor) / top if not curves.diverged else 0.2
    error = np.clip(floor + unit * curves.validation, 0.0, chance if curves.diverged else 0.98)
    train = np.clip(floor + unit * curves.train, 0.0, 0.98)
    shared = unit * jitter * curves.quiet * shaken(random, n, correlation, False)
    sd = np.sqrt(error * (1 - error) / rows)
    own = random.uniform(0.2, 0.6)  # of the deviation, what is new at each epoch
    wander = random.uniform(0.2, 0.6)
    walk = np.cumsum(random.normal(size=n)) / n**0.5
    same = np.sqrt(max(1 - own**2 - wander**2, 0.0))
    off = sd * (same * random.normal() + wander * walk + own * random.normal(size=n))
    logged = np.clip(np.round((error + shared + off) * rows) / rows, 0, 1)
    logged_train = np.clip(train + unit * jitter * 0.2 * random.normal(size=n), 0, 1)
    noise = float(np.hypot(unit * jitter * np.sqrt(np.mean(curves.quiet**2)), own * sd.mean()))
    low = int(error.argmin())
    run = Population(
        train,
        error,
        noise,
        correlation if unit * jitter > own * sd.mean() else 0.0,
        same * float(sd[low]),
        wander * float(sd[-1]) * ((n - 1 - low) / n) ** 0.5,
        float(
            np.hypot(unit * jitter * np.sqrt(np.mean(curves.quiet[n // 2 :] ** 2)), own * sd.mean())
        ),
        False,
    )
    known = chance if curves.known and random.uniform() < 0.8 else None
    if costume == "error":
        history = History("simulated", "error", np.arange(n), logged_train, logged, reference=known)
        return Case(history, run, costume)
    shown = replace(run, train=run.train - 1, validation=run.validation - 1)
    history = History(
        "simulated",
        "accuracy",
        np.arange(n),
        1 - logged_train,
        1 - logged,
        True,
        reference=None if known is None else 1 - known,
    )
    return Case(history, shown, costume)
