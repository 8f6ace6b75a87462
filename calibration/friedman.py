"""What boosting is trained on: a library with its settings, and rows of Friedman's function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

LIBRARIES = ("HistGradientBoosting", "XGBoost", "LightGBM", "CatBoost")
TASKS = {
    "binary": BINARY.of(["no", "yes"]),
    "multiclass": MULTICLASS.of(["a", "b", "c"]),
    "regression": REGRESSION,
}
ROWS, RATES, ROUNDS = (500, 2_000, 6_000), (0.05, 0.1, 0.3), (20, 400)
CLEAR = (1.0, 3.0, 8.0)
"""How far labels follow the function: log-odds per standard deviation of it. Of a regression the
share of the variance that is noise is 1 / (1 + CLEAR)."""
FEATURES = 10


@dataclass(frozen=True)
class Setting:
    """What is trained."""

    library: str
    task: str
    rows: int
    rate: float
    clear: float
    rounds: int

    @classmethod
    def of(cls, run: int) -> Setting:
        """That of a run: libraries and tasks take turns, the rest is drawn."""
        random = np.random.default_rng(run)
        library = LIBRARIES[run % len(LIBRARIES)]
        task = list(TASKS)[run // len(LIBRARIES) % len(TASKS)]
        rounds = int(np.exp(random.uniform(*np.log(ROUNDS))))
        rows = int(random.choice(ROWS))
        rate, clear = (float(random.choice(one)) for one in (RATES, CLEAR))
        return cls(library, task, rows, rate, clear, rounds)

    def estimator(self) -> Any:
        """Its estimator, at the library's defaults but for rate and rounds."""
        kind = "Regressor" if self.task == "regression" else "Classifier"
        settings = {"learning_rate": self.rate}
        if self.library == "HistGradientBoosting":
            from sklearn import ensemble as library

            kind, settings["max_iter"] = f"HistGradientBoosting{kind}", self.rounds
        elif self.library == "XGBoost":
            import xgboost as library

            kind, settings["n_estimators"] = f"XGB{kind}", self.rounds
        elif self.library == "LightGBM":
            import lightgbm as library

            kind, settings["n_estimators"] = f"LGBM{kind}", self.rounds
            settings["verbose"] = -1
        else:
            import catboost as library

            kind, settings["iterations"] = f"CatBoost{kind}", self.rounds
        return getattr(library, kind)(**settings)


@dataclass(frozen=True)
class Truth:
    """Rows, and what is expected of each.

    Attributes:
        x: features.
        y: label or number.
        expected: the probability of each label, or the mean.
        noise: variance of a number around its mean.
    """

    x: Float[np.ndarray, "rows 10"]
    y: np.ndarray
    expected: np.ndarray
    noise: float

    @classmethod
    def draw(cls, setting: Setting, rows: int, random: np.random.Generator) -> Truth:
        """So many rows."""
        x = random.uniform(size=(rows, FEATURES)).astype(np.float32)
        f = _friedman(x)
        if setting.task == "regression":
            noise = 1 / (1 + setting.clear)
            mean = f * np.sqrt(1 - noise)
            return cls(x, mean + np.sqrt(noise) * random.normal(size=rows), mean, noise)
        scores = [np.zeros(rows), setting.clear * f]
        if setting.task == "multiclass":
            scores = [setting.clear * _friedman(np.roll(x, 3 * turn, axis=1)) for turn in range(3)]
        odds = np.stack(scores, axis=1)
        chances = np.exp(odds - np.logaddexp.reduce(odds, axis=1)[:, None])
        y = (chances.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1)
        return cls(x, np.minimum(y, chances.shape[1] - 1), chances, 0.0)

    def loss(self, outputs: np.ndarray, task: Task) -> float:
        """The expected loss of outputs for these rows."""
        if task.kind == "regression":
            return float(((outputs - self.expected) ** 2).mean()) + self.noise
        each = [task.row_losses(outputs, np.full(len(self.x), k)) for k in range(len(task.labels))]
        return float((np.stack(each, axis=1) * self.expected).sum(axis=1).mean())


def _friedman(x: Float[np.ndarray, "rows 10"]) -> Float[np.ndarray, " rows"]:
    """Friedman's function, with mean 0 and standard deviation 1 on uniform features."""
    f = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return (f + 10 * x[:, 3] + 5 * x[:, 4] - 14.41) / 4.88
