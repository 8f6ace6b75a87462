"""Which model is taken: what rules cost on fresh rows, and how often they take a worse one.

python -m calibration.plainest
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from calibration.more_data import Losses, Rows, ridge, squared
from calibration.table import table
from fitscope.diagnosis.selection import APART, plainest_alike

Choice = Callable[[Float[np.ndarray, "models rows"]], int]
"""The place of the model that is taken, told from losses on validation rows."""
TIMES = 60
FRESH, TEST = 5_000, 1_000
SURE = 1.96


def constant(train: Rows, x: Float[np.ndarray, "rows features"], _: int) -> np.ndarray:
    """The mean."""
    return np.full(len(x), train[1].mean())


LADDER: tuple[Losses, ...] = tuple(
    squared(one)
    for one in (
        constant,
        ridge(1),
        *(ridge(0.3, cosines) for cosines in (10, 30, 100, 200)),
        *(ridge(10, cosines) for cosines in (30, 100, 200)),
    )
)
PLAINEST = 1  # the constant is no model


def breiman(losses: Float[np.ndarray, "models rows"]) -> int:
    """The plainest within one standard error of the lowest loss itself, not of a difference."""
    means = losses.mean(axis=1)
    best = int(means.argmin())
    error = losses[best].std(ddof=1) / losses.shape[1] ** 0.5
    return int(np.flatnonzero(means <= means[best] + error)[0])


def apart(errors: float) -> Choice:
    """`plainest_alike` with this many standard errors."""
    return lambda losses: plainest_alike(losses, range(len(losses)), errors)


RULES: dict[str, Choice] = {
    "lowest": apart(0.0),
    **{f"{errors:g} errors": apart(errors) for errors in (0.5, 1.0, 1.5, 1.96)},
    "one error of the loss": breiman,
}


def tables(random: np.random.Generator, rows: int, bend: float) -> Rows:
    """A number that depends on 8 features linearly and, by `bend`, otherwise."""
    x = random.normal(size=(rows, 8))
    other = np.sin(2 * x[:, 3]) + x[:, 0] * x[:, 1] + np.abs(x[:, 2]) - 0.8
    return x, x @ 0.7 ** np.arange(8) + bend * other + random.standard_t(6, rows)


def choices(
    train: int, validation: int, bend: float, times: int
) -> tuple[Float[np.ndarray, "times rules"], Float[np.ndarray, "times rules"]]:
    """What each rule costs on fresh rows, and whether its choice is surely worse on test rows.

    Returns:
        Loss of the model taken above the lowest on the ladder, as a share; and 1 where a paired
        test on test rows calls it worse than the plainest model.
    """
    random = np.random.default_rng([train, validation, int(100 * bend)])
    cost, worse = np.empty((times, len(RULES))), np.empty((times, len(RULES)))
    for number in range(times):
        rows = tables(random, train, bend)
        others = tables(random, validation + FRESH + TEST, bend)
        losses = np.stack([learner(rows, others, number) for learner in LADDER])
        seen, fresh, test = np.split(losses, [validation, validation + FRESH], axis=1)
        truth = fresh.mean(axis=1)
        for at, rule in enumerate(RULES.values()):
            taken = rule(seen)
            above = test[taken] - test[PLAINEST]
            error = above.std(ddof=1) / TEST**0.5
            cost[number, at] = truth[taken] / truth.min() - 1
            worse[number, at] = above.mean() > SURE * error
    return cost, worse


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    lines, costs, worses = [], [], []
    for train in (300, 1_500):
        for validation in (150, 1_000):
            for bend in (0.0, 0.15, 0.4):
                cost, worse = choices(train, validation, bend, times)
                costs.append(cost)
                worses.append(worse)
                where = f"{train:,} rows, {validation:,} to validate, bend {bend:g}"
                lines.append(line(where, cost, worse))
    lines.append(line("**all**", np.concatenate(costs), np.concatenate(worses)))
    said = (
        f"{len(LADDER)} rungs (constant, ridge, ridge on 10 to 200 random features) on simulated "
        f"tables, {times:,} for each line: how far above the lowest loss on the ladder the model "
        "taken is on fresh rows, and in brackets how often it is surely worse than plain ridge "
        f"({TEST:,} test rows, 95 % level, of which chance alone makes 2.5 % where both are "
        f"alike). fitscope takes the plainest within {APART:g} standard error of the difference."
    )
    return said + "\n\n" + table(["tables", *RULES], lines)


def line(
    name: str, cost: Float[np.ndarray, "times rules"], worse: Float[np.ndarray, "times rules"]
) -> list[str]:
    """A line of the table: costs of the rules, and how often they take a worse model."""
    pairs = zip(cost.mean(axis=0), worse.mean(axis=0), strict=True)
    return [name, *(f"{100 * a:.2f} % ({100 * b:.1f} %)" for a, b in pairs)]


if __name__ == "__main__":
    print(report())
