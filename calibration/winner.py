"""The score of a model that was chosen for its score: how optimistic, before and after correction.

python -m calibration.winner
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from calibration.plainest import Choice
from calibration.table import table
from fitscope.diagnosis.selection import lowest, plainest_alike, winner

TIMES = 120
SPREAD = 0.5  # standard deviation of a row's loss


@dataclass(frozen=True)
class Case:
    """Models with simulated losses.

    Attributes:
        models: how many.
        alike: correlation of two models' losses of a row.
        spread: standard deviation of the models' true losses.
        better: how much better one of them is.
        skewed: whether losses are exponential; else normal.
    """

    models: int
    alike: float
    spread: float = 0.0
    better: float = 0.0
    skewed: bool = False

    def draw(
        self, rows: int, random: np.random.Generator
    ) -> tuple[Float[np.ndarray, "models rows"], Float[np.ndarray, " models"]]:
        """Losses of each model on each row, and the true means."""

        def noise(*shape: int) -> np.ndarray:
            return random.exponential(size=shape) - 1 if self.skewed else random.normal(size=shape)

        means = 1.0 + random.normal(0, self.spread, self.models)
        means[-1] -= self.better
        common, own = self.alike**0.5, (1 - self.alike) ** 0.5
        losses = SPREAD * (common * noise(rows) + own * noise(self.models, rows))
        return losses + means[:, None], means


CASES = {
    "20 models, all alike": Case(20, 0.8),
    "20 models, all alike, skewed losses": Case(20, 0.8, skewed=True),
    "20 models, hardly correlated": Case(20, 0.3),
    "20 models, closely correlated": Case(20, 0.97),
    "20 models, one better by 0.05": Case(20, 0.8, better=0.05),
    "20 models, spread 0.02": Case(20, 0.8, spread=0.02),
    "5 models, all alike": Case(5, 0.8),
    "60 models, all alike": Case(60, 0.8),
}
RULES: dict[str, Choice] = {
    "lowest": lowest,
    "plainest": lambda losses: plainest_alike(losses, range(len(losses))),
}


def optimism(case: Case, rule: Choice, rows: int, times: int) -> tuple[float, float, float, float]:
    """Mean optimism of the raw score and of the corrected one, its error, and the coverage.

    Optimism is the true loss less the score, in standard errors of the score.
    """
    random = np.random.default_rng([rows, case.models])
    raw, corrected, held = [], [], []
    for number in range(times):
        losses, means = case.draw(rows, random)
        found = winner(losses, lambda some, of=losses: (rule(of[:, some]),), seed=number)
        truth = means[found.chosen[0]]
        raw.append((truth - found.raw) / found.error)
        corrected.append((truth - found.value) / found.error)
        held.append(found.interval[0] <= truth <= found.interval[1])
    error = float(np.std(corrected)) / times**0.5
    return float(np.mean(raw)), float(np.mean(corrected)), error, float(np.mean(held))


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    for name, case in CASES.items():
        for rows in (200, 1_000):
            figures = []
            for rule in RULES.values():
                raw, corrected, error, held = optimism(case, rule, rows, times)
                figures += [f"{raw:+.2f}", f"{corrected:+.2f} ± {error:.2f}", f"{100 * held:.0f} %"]
            lines.append([name, f"{rows:,}", *figures])
    said = (
        f"Simulated losses, {times:,} choices for each figure: the true loss of the model taken "
        "less its validation score, in standard errors of the score (above zero: the score is "
        "optimistic), raw and corrected, and how often the 95 % interval holds the true loss."
    )
    head = ["models", "rows"]
    for rule in RULES:
        head += [f"{rule}: raw", "corrected", "interval holds"]
    return said + "\n\n" + table(head, lines)


if __name__ == "__main__":
    print(report())
