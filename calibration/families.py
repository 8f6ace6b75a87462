"""Which of several families' models is taken: what rules give away on fresh rows.

python -m calibration.families
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from calibration.more_data import Losses, Rows, neighbours, ridge
from calibration.plainest import PLAINEST, SURE, TEST, constant, line
from calibration.table import table
from fitscope.diagnosis.selection import lowest, plainest_alike, plainest_of_best_family

TIMES = 15
FRESH = 4_000


def boosted(leaves: int) -> Losses:
    """Histogram gradient boosting."""

    def losses(train: Rows, fresh: Rows, seed: int) -> Float[np.ndarray, " rows"]:
        from sklearn.ensemble import HistGradientBoostingRegressor as Boosted

        settings: dict[str, Any] = {"max_leaf_nodes": leaves, "max_iter": 60}
        made = Boosted(**settings | {"early_stopping": False, "random_state": seed})
        return (made.fit(*train).predict(fresh[0]) - fresh[1]) ** 2

    return losses


def forest(filled: int) -> Losses:
    """A random forest with so many rows a leaf at the least."""

    def losses(train: Rows, fresh: Rows, seed: int) -> Float[np.ndarray, " rows"]:
        from sklearn.ensemble import RandomForestRegressor as Forest

        made = Forest(40, min_samples_leaf=filled, max_features=0.5, random_state=seed)
        return (made.fit(*train).predict(fresh[0]) - fresh[1]) ** 2

    return losses


FAMILIES: Mapping[str | None, tuple[Losses, ...]] = {
    None: (constant,),
    "networks": (
        ridge(1),
        *(ridge(0.3, cosines) for cosines in (10, 30, 100, 200)),
        ridge(10, 200),
    ),
    "boosting": (boosted(4), boosted(8), boosted(31)),
    "forests": (forest(10), forest(1)),
    "neighbours": (neighbours(40), neighbours(10)),
}
"""Ladders beside each other, plainest first; the constant is plainer than all of them. Networks are
played by ridge on random cosines, with plain ridge as their line."""
OF = [family for family, rungs in FAMILIES.items() for _ in rungs]

RULES: dict[str, Callable[[Float[np.ndarray, "models rows"]], int]] = {
    "lowest": lowest,
    "plainest of all": lambda losses: plainest_alike(losses, range(len(losses))),
    "a line if it is alike, else each family's": lambda losses: (
        at
        if (at := plainest_alike(losses, range(len(losses)))) <= PLAINEST
        else plainest_of_best_family(losses, OF)
    ),
    "each family's plainest": lambda losses: plainest_of_best_family(losses, OF),
}

KINDS = {
    "a line": (0.0, 0.0, 6),
    "bent a little": (0.15, 0.1, 6),
    "bent": (0.5, 0.0, 6),
    "steps": (0.0, 1.0, 6),
    "both": (0.3, 0.5, 6),
    "both, long tails": (0.3, 0.5, 2.3),
}
"""How far targets bend, how high their steps are, degrees of freedom of their noise."""
SIZES = tuple((train, seen) for train in (300, 1_500) for seen in (150, 1_000))
"""Rows to train and to validate."""


def tables(random: np.random.Generator, rows: int, kind: str) -> Rows:
    """A number that depends on 8 features linearly, and by bends and steps."""
    bend, steps, tails = KINDS[kind]
    x = random.normal(size=(rows, 8))
    other = np.sin(2 * x[:, 3]) + x[:, 0] * x[:, 1] + np.abs(x[:, 2]) - 0.8
    stairs = np.where(x[:, 4] > 0.3, 1.0, -1.0) * (x[:, 0] > 0)
    stairs += 1.5 * (x[:, 5] * 2 // 1 % 2) + (x[:, 1] > 1)
    y = x @ 0.7 ** np.arange(8) + bend * other + steps * stairs
    return x, y + random.standard_t(tails, rows)


def choices(
    kind: str, train: int, seen: int, times: int
) -> tuple[Float[np.ndarray, "times rules"], Float[np.ndarray, "times rules"]]:
    """What each rule costs on fresh rows, and whether its choice is surely worse than a line.

    Returns:
        Loss of the model taken above the lowest of all, as a share; and 1 where a paired test on
        test rows calls it worse than plain ridge.
    """
    cost, worse = np.empty((times, len(RULES))), np.empty((times, len(RULES)))
    for number in range(times):
        random = np.random.default_rng([number, train, seen, list(KINDS).index(kind)])
        rows = tables(random, train, kind)
        others = tables(random, seen + FRESH, kind)
        every = [one for rungs in FAMILIES.values() for one in rungs]
        losses = np.stack([learner(rows, others, number) for learner in every])
        validated, fresh = np.split(losses, [seen], axis=1)
        truth, test = fresh.mean(axis=1), fresh[:, :TEST]
        for at, rule in enumerate(RULES.values()):
            taken = rule(validated)
            above = test[taken] - test[PLAINEST]
            cost[number, at] = truth[taken] / truth.min() - 1
            worse[number, at] = above.mean() > SURE * above.std(ddof=1) / TEST**0.5
    return cost, worse


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    found = {(kind, *size): choices(kind, *size, times) for kind in KINDS for size in SIZES}

    def together(chosen: Callable[[tuple[str, int, int]], bool]) -> tuple[np.ndarray, np.ndarray]:
        cost, worse = zip(*(pair for key, pair in found.items() if chosen(key)), strict=True)
        return np.concatenate(cost), np.concatenate(worse)

    lines = [line(kind, *together(lambda key, kind=kind: key[0] == kind)) for kind in KINDS]
    for train, seen in SIZES:
        name = f"{train:,} rows, {seen:,} to validate"
        lines.append(line(name, *together(lambda key, size=(train, seen): key[1:] == size)))
    lines.append(line("**all**", *together(lambda _: True)))
    said = (
        f"{len(OF)} models of four families (ridge on random features, histogram gradient "
        f"boosting, forests, neighbours) on simulated tables, {times * len(SIZES)} for each kind: "
        "how far above the lowest loss of all the model taken is on fresh rows, and in brackets "
        f"how often it is surely worse than plain ridge ({TEST:,} test rows, 95 % level). "
        "fitscope has each family's plainest that cannot be told apart from the best of it, and "
        "takes the one of lowest loss among these."
    )
    return said + "\n\n" + table(["tables", *RULES], lines)


if __name__ == "__main__":
    print(report())
