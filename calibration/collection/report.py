"""How often each label is right, how well confidences are calibrated, in tables."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np

from calibration.collection.curves import SHAPES
from calibration.collection.outcomes import DEVELOPMENT, HELD_OUT, Outcome, outcomes
from calibration.collection.population import AGREED, APART, LABELS, SEEN
from calibration.collection.trained import KINDS
from calibration.table import share, table
from fitscope.diagnosis.rules import PEOPLE, SHORT

TIMES = 600
LENGTHS = ((2, 8), (9, 20), (21, 60), (61, 300), (301, 3_000))
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1.0)
NONE, RISEN = 0.01, 2.0


def share_of(values: list[float]) -> str:
    """A mean with its standard error in per cent, and of how many."""
    return f"{share(values)} of {len(values):,}" if values else ""


def right(found: list[Outcome]) -> str:
    """How often the label is right where the truth is clear."""
    return share_of([float(one.label == one.truth.label) for one in found if one.truth.clear])


def _of(found: list[Outcome], label: str) -> list[Outcome]:
    return [one for one in found if one.truth.label == label]


def labels(found: list[Outcome]) -> str:
    """Each label where it is true, over the lengths of runs."""
    lines = []
    for label in LABELS:
        mine = _of(found, label)
        lines.append(
            [
                label,
                right(mine),
                *(right([o for o in mine if a <= o.epochs <= b]) for a, b in LENGTHS),
                share_of(
                    [float(o.right > 0.5) for o in found if o.label == label and o.truth.clear]
                ),
            ]
        )
    lines.append(
        [
            "**all**",
            right(found),
            *(right([o for o in found if a <= o.epochs <= b]) for a, b in LENGTHS),
            "",
        ]
    )
    head = ["label", "right", *(f"{a:,} to {b:,}" for a, b in LENGTHS), "right where said"]
    return table(head, lines)


def confusion(found: list[Outcome]) -> str:
    """Which label is said for which."""
    lines = []
    for true in LABELS:
        mine = [o for o in _of(found, true) if o.truth.clear]
        lines.append(
            [
                true,
                *(
                    f"{100 * np.mean([o.label == s for o in mine]):.1f}" if mine else ""
                    for s in LABELS
                ),
                str(len(mine)),
            ]
        )
    return table(["truth", *LABELS, "of"], lines)


def shapes(found: list[Outcome]) -> str:
    """Each shape: right, false alarms, misses."""
    lines = []
    for shape in [*SHAPES, *KINDS, "all"]:
        mine = [one for one in found if shape in (one.shape, "all")]
        lines.append([f"**{shape}**" if shape == "all" else shape, right(mine), *_alarms(mine)])
    head = ["shape", "right where clear", "did not rise: overfit", "rose clearly: not overfit"]
    head += ["best score held", "onset held"]
    return table(head, lines)


def _alarms(found: list[Outcome]) -> list[str]:
    still = [o for o in found if o.rose <= NONE and o.truth.shares.get("overfit", 0) < 0.5]
    risen = [o for o in found if o.truth.clear and o.truth.label == "overfit"]
    return [
        share_of([float(o.label == "overfit") for o in still]),
        share_of([float(o.label != "overfit") for o in risen]),
        share_of([float(o.held) for o in found if o.held is not None]),
        share_of([float(o.onset) for o in found if o.onset is not None]),
    ]


def confidence(found: list[Outcome]) -> str:
    """What was stated against what is so, label by label."""
    lines = []
    for low, high in pairwise(BINS):
        inside = [o for o in found if low <= o.confidence < high]
        cells = []
        for label in [*LABELS, ""]:
            mine = [o for o in inside if label in (o.label, "")]
            if len(mine) < 20:
                cells.append("")
                continue
            stated = float(np.mean([o.confidence for o in mine]))
            so = float(np.mean([o.right for o in mine]))
            error = float(np.std([o.right for o in mine])) / len(mine) ** 0.5
            cells.append(f"{100 * stated:.0f}: {100 * so:.0f} ± {100 * error:.0f} ({len(mine)})")
        lines.append([f"{100 * low:.0f} to {100 * high:.0f} %", *cells])
    return table(["stated", *LABELS, "all"], lines)


def report(times: int = TIMES, stream: int = HELD_OUT) -> str:
    """The tables for docs/how-verdicts-work.md.

    Args:
        times: histories of each made shape; a quarter as many runs are really trained.
        stream: of seeds.
    """
    found = outcomes(times, stream)
    said = (
        f"{len(found):,} simulated histories of known population loss, {times:,} of each shape, "
        "those of trained networks and boosted trees on 20,000 fresh rows; seeds that no rule was "
        "looked at with. The truth is the label that the curves without noise imply by the "
        f"thresholds of rules.py, clear where {100 * AGREED:.0f} % of people would agree (they "
        f"differ by {100 * PEOPLE:.0f} % about what matters), other thresholds are {APART:g} times "
        f"away, and {SEEN:g} standard errors of one who knows the noise (below {SHORT} epochs: the "
        "one expected) lie between. "
        "Right where the truth is clear, by true label and length; then by shape, with rates of "
        "overfit said of a population loss that did not rise, of clear rises not found, and how "
        "often 95 % intervals hold the truth; then confidences: what was stated, and how many "
        "people would have said the same, over all histories, clear or not."
    )
    return "\n\n".join([said, labels(found), shapes(found), confidence(found)])


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES, DEVELOPMENT))
