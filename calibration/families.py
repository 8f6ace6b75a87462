"""Which of several families' models is taken: what rules give away on fresh rows.

python -m calibration.families
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from calibration.more_data import Rows, Values, neighbours, ridge
from calibration.plainest import PLAINEST, SURE, TEST, constant, line
from calibration.table import table
from fitscope.diagnosis.selection import (
    Average,
    Places,
    averaged_families,
    lowest,
    plainest_alike,
    plainest_of_best_family,
    winner,
)

TIMES = 15
FRESH = 4_000


def boosted(leaves: int) -> Values:
    """Histogram gradient boosting."""

    def values(train: Rows, x: np.ndarray, seed: int) -> np.ndarray:
        from sklearn.ensemble import HistGradientBoostingRegressor as Boosted

        settings: dict[str, Any] = {"max_leaf_nodes": leaves, "max_iter": 60}
        made = Boosted(**settings | {"early_stopping": False, "random_state": seed})
        return made.fit(*train).predict(x)

    return values


def forest(filled: int) -> Values:
    """A random forest with so many rows a leaf at the least."""

    def values(train: Rows, x: np.ndarray, seed: int) -> np.ndarray:
        from sklearn.ensemble import RandomForestRegressor as Forest

        made = Forest(40, min_samples_leaf=filled, max_features=0.5, random_state=seed)
        return made.fit(*train).predict(x)

    return values


FAMILIES: Mapping[str | None, tuple[Values, ...]] = {
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

ALONE: dict[str, Callable[[Float[np.ndarray, "models rows"]], int]] = {
    "lowest": lowest,
    "plainest of all": lambda losses: plainest_alike(losses, range(len(losses))),
    "a line if it is alike, else each family's": lambda losses: (
        at
        if (at := plainest_alike(losses, range(len(losses)))) <= PLAINEST
        else plainest_of_best_family(losses, OF)
    ),
    "each family's plainest": lambda losses: plainest_of_best_family(losses, OF),
}
"""Rules that take one model."""
AVERAGED = "families averaged"

TAILS = "both, long tails"
KINDS = {
    "a line": (0.0, 0.0, 6),
    "bent a little": (0.15, 0.1, 6),
    "bent": (0.5, 0.0, 6),
    "steps": (0.0, 1.0, 6),
    "both": (0.3, 0.5, 6),
    TAILS: (0.3, 0.5, 2.3),
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


def averages(errors: Float[np.ndarray, "models rows"]) -> Average:
    """Squared errors of averages of models, of single ones as they are."""
    return lambda places: errors[list(places)].mean(axis=0) ** 2


def choices(
    kind: str, train: int, seen: int, times: int
) -> tuple[
    Float[np.ndarray, "times rules"],
    Float[np.ndarray, "times rules"],
    Float[np.ndarray, "times 2 3"],
]:
    """What each rule costs on fresh rows, and whether its choice is surely worse than a line.

    Returns:
        Loss of what is taken above the lowest of all single models, as a share; 1 where a paired
        test on test rows calls it worse than plain ridge; and of the best family's choice and of
        the average how far the validation score is below the truth, raw and corrected, in standard
        errors of the score, and whether its interval holds the truth.
    """
    rules = len(ALONE) + 1
    cost, worse, score = (np.empty((times, *size)) for size in ((rules,), (rules,), (2, 3)))
    for number in range(times):
        random = np.random.default_rng([number, train, seen, list(KINDS).index(kind)])
        rows = tables(random, train, kind)
        x, y = tables(random, seen + FRESH, kind)
        every = [one for rungs in FAMILIES.values() for one in rungs]
        errors = np.stack([values(rows, x, number) - y for values in every])
        validated, fresh = np.split(errors, [seen], axis=1)
        validation, truth = averages(validated), averages(fresh)

        def one(drawn: np.ndarray, of: np.ndarray = validated) -> Places:
            return (plainest_of_best_family(of[:, drawn] ** 2, OF),)

        def several(drawn: np.ndarray, of: np.ndarray = validated) -> Places:
            return averaged_families(of[:, drawn] ** 2, OF, averages(of[:, drawn]))

        found = [winner(validated**2, rule, validation, seed=number) for rule in (one, several)]
        taken = [(rule(validated**2),) for rule in ALONE.values()] + [found[1].chosen]
        best = min(truth((place,)).mean() for place in range(len(OF)))
        for at, places in enumerate(taken):
            above = (truth(places) - truth((PLAINEST,)))[:TEST]
            cost[number, at] = truth(places).mean() / best - 1
            worse[number, at] = above.mean() > SURE * above.std(ddof=1) / TEST**0.5
        for at, each in enumerate(found):
            true = truth(each.chosen).mean()
            held = each.interval[0] <= true <= each.interval[1]
            score[number, at] = (
                (true - each.raw) / each.error,
                (true - each.value) / each.error,
                held,
            )
    return cost, worse, score


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    found = {(kind, *size): choices(kind, *size, times) for kind in KINDS for size in SIZES}

    def together(chosen: Callable[[tuple[str, int, int]], bool]) -> tuple[np.ndarray, np.ndarray]:
        cost, worse, _ = zip(*(one for key, one in found.items() if chosen(key)), strict=True)
        return np.concatenate(cost), np.concatenate(worse)

    lines = [line(kind, *together(lambda key, kind=kind: key[0] == kind)) for kind in KINDS]
    for train, seen in SIZES:
        name = f"{train:,} rows, {seen:,} to validate"
        lines.append(line(name, *together(lambda key, size=(train, seen): key[1:] == size)))
    lines.append(line("**all**", *together(lambda _: True)))
    said = (
        f"{len(OF)} models of four families (ridge on random features, histogram gradient "
        f"boosting, forests, neighbours) on simulated tables, {times * len(SIZES)} for each kind: "
        "how far above the lowest loss of all single models what is taken is on fresh rows (below "
        "it with a minus), and in brackets "
        f"how often it is surely worse than plain ridge ({TEST:,} test rows, 95 % level). "
        "fitscope has each family's plainest that cannot be told apart from the best of it, and "
        "takes the one of lowest loss among these, or the average of some of them."
    )
    scores = np.concatenate([score for key, (*_, score) in found.items() if key[0] != TAILS])
    told = []
    for name, one in zip(("one model", "an average"), scores.swapaxes(0, 1), strict=True):
        raw, corrected, held = one.mean(axis=0)
        _, error, off = one.std(axis=0) / len(one) ** 0.5
        told.append(
            f"{raw:+.2f} raw and {corrected:+.2f} ± {error:.2f} corrected where {name} is taken "
            f"({100 * held:.1f} ± {100 * off:.1f} % of 95 % intervals hold the truth)"
        )
    judged = (
        "How far the validation score of what is taken is below its true loss, in standard errors "
        f"of the score, long tails left out: {'; '.join(told)}."
    )
    return "\n\n".join([said, table(["tables", *ALONE, AVERAGED], lines), judged])


if __name__ == "__main__":
    print(report())
