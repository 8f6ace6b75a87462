"""What it brings to train a model anew on validation rows, too, in rounds that were best before.

python -m calibration.refit
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from jaxtyping import Float

from calibration.families import KINDS, tables
from calibration.table import share, table
from fitscope.examination.refit import refit_of
from fitscope.learners.hgb import HGB

TIMES = 12
FRESH = 5_000
ROWS = (1_000, 5_000)
"""That do not test; a quarter of them validates."""
LEARNERS = {"8 leaves": HGB(max_leaf_nodes=8), "31 leaves": HGB()}


def fitted(learner: HGB, x: np.ndarray, y: np.ndarray) -> Any:
    """scikit-learn's, in all rounds."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    settings: dict[str, Any] = {**learner.as_dict(), "early_stopping": False}
    return HistGradientBoostingRegressor(**settings).fit(x, y)


def losses(learner: HGB, kind: str, rows: int, number: int) -> tuple[float, float]:
    """Squared error on fresh rows: of the run that was validated at its best, and of its refit."""
    random = np.random.default_rng([number, rows, list(KINDS).index(kind)])
    x, y = tables(random, rows + FRESH, kind)
    ends = [3 * rows // 4, rows]
    (x_train, x_seen, x_new), (y_train, y_seen, y_new) = np.split(x, ends), np.split(y, ends)
    first = fitted(learner, x_train, y_train)

    def stages(given: np.ndarray, target: np.ndarray) -> Float[np.ndarray, " rounds"]:
        return np.array([np.mean((one - target) ** 2) for one in first.staged_predict(given)])

    best = int(stages(x_seen, y_seen).argmin())
    runs: Any = [SimpleNamespace(best_epoch=best)]
    again = refit_of(learner, runs, 4 / 3, learner.pace)
    assert again is not None
    assert isinstance(again.learner, HGB)
    whole = fitted(again.learner, x[:rows], y[:rows])
    return stages(x_new, y_new)[best], float(np.mean((whole.predict(x_new) - y_new) ** 2))


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    for rows in ROWS:
        for name, learner in LEARNERS.items():
            pairs = np.array(
                [losses(learner, kind, rows, n) for kind in KINDS for n in range(times)]
            )
            gained = 1 - pairs[:, 1] / pairs[:, 0]
            error = gained.std(ddof=1) / len(gained) ** 0.5
            lines.append(
                [
                    f"{name}, {rows:,} rows",
                    f"{100 * gained.mean():.2f} ± {100 * error:.2f} %",
                    share((gained < 0).astype(float).tolist()),
                ]
            )
    said = (
        f"Histogram gradient boosting on the simulated tables above, {times * len(KINDS)} for each "
        "line, a quarter of their rows kept for validation: how much of the loss on fresh rows it "
        "takes away to train on all rows, in the rounds that were best times 4/3 (100 at most), "
        "and how often that does harm."
    )
    return said + "\n\n" + table(["trees", "takes away", "does harm"], lines)


if __name__ == "__main__":
    print(report())
