"""What was better than what, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

from fitscope.report.page.lines import ranked
from fitscope.report.page.view import View
from fitscope.report.page.views.capacity import plain_model
from fitscope.report.scores import ACCURACY, CROSSENTROPY
from fitscope.study.advise import SURE

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy

MOST_PAIRS = 200  # shown; all of them are in results.json


@dataclass(frozen=True)
class Difference:
    """Model `a` less model `b`: below zero the cross-entropy of `a` is the better one.

    Attributes:
        a: the model that is asked about.
        b: what it is compared with.
        difference: of their validation cross-entropies.
        interval: where the difference lies.
        chance: that its sign is right.
        corrected: the same, for as many pairs as there are.
        accuracy: difference of their accuracies, None where it is not known.
        about: "networks" with one run a model, "models" with more.
    """

    a: str
    b: str
    difference: float
    interval: tuple[float, float]
    chance: float | None
    corrected: float | None
    accuracy: float | None
    about: str

    @property
    def told(self) -> str:
        """What can be said of `a`: its interval must leave out zero, and the chance that the
        sign is right must be high for all pairs together, as the advice asks for."""
        low, high = self.interval
        doubtful = self.among_all is not None and self.among_all < SURE
        if low <= 0 <= high or doubtful:
            return "not told apart"
        return "better" if high < 0 else "worse"

    @property
    def among_all(self) -> float | None:
        """Chance that the sign is right, as one of many pairs."""
        return self.chance if self.corrected is None else self.corrected


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Remedies against what they were tried on, then all pairs."""
    pairs = [pair for found in stored.results.get("comparisons") or [] if (pair := _pair(found))]
    if not pairs:
        return None
    known = {(pair.a, pair.b): pair for pair in pairs}
    remedies = [
        {"base": base, "role": role, "differences": found}
        for base, role, others in _questions(stored.document.models)
        if (found := [d for other in others if (d := _of(known, other, base.name))])
    ]
    best = ranked(stored)[0].entry.name
    many = len(pairs) > MOST_PAIRS
    shown = [pair for pair in pairs if not many or best in (pair.a, pair.b)][:MOST_PAIRS]
    shown = [_turned(pair) if pair.difference > 0 else pair for pair in shown]
    drawn = [d for group in remedies for d in group["differences"]] + shown
    return {
        "remedies": remedies,
        "pairs": sorted(shown, key=lambda pair: pair.difference),
        "count": len(pairs),
        "many": many,
        "best": best,
        "networks": pairs[0].about == "networks",
        "at_least": lambda chance: floor(100 * chance) / 100,
        "scale": _scale(drawn),
    }


def _pair(found: Mapping[str, Any]) -> Difference | None:
    crossentropy = found["metrics"].get(CROSSENTROPY) or {}
    if crossentropy.get("difference") is None:
        return None
    low, high = crossentropy.get("interval") or (crossentropy["difference"],) * 2
    accuracy = (found["metrics"].get(ACCURACY) or {}).get("difference")
    return Difference(
        found["a"],
        found["b"],
        crossentropy["difference"],
        (low, high),
        crossentropy.get("sign_chance"),
        crossentropy.get("sign_chance_corrected"),
        accuracy,
        found.get("about", "networks"),
    )


def _turned(pair: Difference) -> Difference:
    low, high = pair.interval
    return Difference(
        pair.b,
        pair.a,
        -pair.difference,
        (-high, -low),
        pair.chance,
        pair.corrected,
        None if pair.accuracy is None else -pair.accuracy,
        pair.about,
    )


def _of(known: Mapping[tuple[str, str], Difference], a: str, b: str) -> Difference | None:
    if (a, b) in known:
        return known[a, b]
    return _turned(known[b, a]) if (b, a) in known else None


def _questions(models: Sequence[ModelEntry]) -> Iterator[tuple[ModelEntry, str, list[str]]]:
    """Models to ask about: each network that remedies were tried on, then the smallest of all."""
    plain = [entry for entry in models if plain_model(entry.spec)]
    treated: list[str] = []
    for base in plain:
        same = (base.spec["hidden"], base.spec["activation"])
        others = [
            entry.name
            for entry in models
            if not plain_model(entry.spec)
            and (entry.spec["hidden"], entry.spec["activation"]) == same
        ]
        if others:
            treated += others
            yield base, "the network they were tried on", others
    smallest = min(plain, key=lambda entry: entry.parameters, default=None)
    if smallest is not None and treated:
        yield smallest, "the smallest network", [n for n in treated if n != smallest.name]


def _scale(drawn: Sequence[Difference]) -> float:
    """Half the width that the drawn intervals need, so that zero stands in the middle."""
    ends = [abs(end) for one in drawn for end in (*one.interval, one.difference)]
    return max(ends, default=0.0) or 1.0


VIEW = View(__name__, title="What each remedy bought", order=70, content=content)
