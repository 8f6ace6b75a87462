"""`Outcome`: verdicts and comparisons of a study, looked up by what advice asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitscope.diagnosis.rules import ESTABLISHED
from fitscope.learners.base import Learner, is_reference
from fitscope.learners.knobs import is_plain, is_plainer, remedies_over, same_shape
from fitscope.names import shown
from fitscope.numbers import fixed
from fitscope.study.document import StudyDocument
from fitscope.study.results import Results
from fitscope.verdicts.figures import figure
from fitscope.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Gain:
    """How much better one model's loss is than another's.

    Attributes:
        value: the difference, positive where the first one is better.
        interval: its 95 % interval, corrected for all pairs.
        alone: the interval as if it were the only pair.
        chance: that the sign is right, corrected for all pairs.
        sure: whether that is the level that is asked of all pairs.
        words: what the loss is called.
    """

    value: float
    interval: tuple[float, float]
    alone: tuple[float, float]
    chance: float
    sure: bool
    words: str

    @property
    def ends(self) -> str:
        """The ends of its interval, with the same decimals."""
        low, high = self.interval
        widest = max(abs(low), abs(high))
        return f"{amount(low, widest)} to {amount(high, widest)}"

    def __str__(self) -> str:
        return f"{amount(self.value)} lower {self.words} (95 % interval {self.ends})"


def amount(value: float, like: float | None = None) -> str:
    """A difference with three digits at most, and with no more than three decimals.

    Args:
        value: the difference.
        like: a number whose decimals it shall have, such as the larger end of an interval.

    Example:
        >>> amount(0.0661), amount(0.00041), amount(-22.618), amount(281.526), amount(3057.4)
        ('0.066', '0.00041', '-22.6', '282', '3,060')
        >>> amount(-0.0064, like=0.0412), amount(-0.0001, like=0.02)
        ('-0.006', '0.000')
    """
    if 0.01 <= abs(value if like is None else like) < 1:
        return fixed(value, 3)
    short = float(f"{value:.3g}")
    return f"{short:,.0f}" if 100 <= abs(short) < 1e7 else figure(short)


class Outcome:
    """Verdicts and comparisons of a study.

    Attributes:
        learners: name to learner.
        verdicts: name to verdict, of the models that have one.
        scores: name to the loss around the best epochs, without references.
        shortened: the protocol was cut short on purpose.
    """

    def __init__(self, document: StudyDocument, results: Results) -> None:
        loss = document.task.loss
        self.words = loss.words
        self.metric = loss.validation
        self.learners: dict[str, Learner] = {e.name: e.learner for e in document.models}
        self.counts = {model.name: model.size.count for model in results.models}
        self.verdicts: dict[str, Verdict] = {
            model.name: model.verdict for model in results.models if model.verdict is not None
        }
        means = {
            model.name: model.best_corrected[self.metric].mean
            for model in results.models
            if model.best_corrected and not is_reference(self.learners[model.name])
        }
        self.scores = {name: mean for name, mean in means.items() if mean is not None}
        self.pairs = results.comparisons
        self.shortened = document.quick

    def labelled(self, *labels: str) -> list[str]:
        """The models with one of these verdicts that is likelier than not, in their order."""
        return [
            name for name, one in self.verdicts.items() if one.label in labels and not one.undecided
        ]

    def open(self) -> list[str]:
        """The models whose verdict is no likelier than its opposite."""
        return [name for name, one in self.verdicts.items() if one.undecided]

    def rising(self) -> list[str]:
        """Models that overfit on these validation rows; whether on others, is not shown."""
        return [
            name
            for name, one in self.verdicts.items()
            if one.label not in ("unstable", "too few")
            and name not in self.labelled("overfit")
            and (one.evidence.rise_probability or 0.0) >= ESTABLISHED
            and one.evidence.rise is not None
            and one.evidence.rise >= (one.evidence.needed or 0.0) > 0
        ]

    def denied(self) -> bool:
        """Whether it is established that no model overfits, not merely unproven that one does."""
        return not self.rising() and all(
            one.label in ("good", "improving", "underfit") and one.confidence >= ESTABLISHED
            for one in self.verdicts.values()
        )

    def ranked(self) -> list[str]:
        """The models by their loss around the best epochs, lowest first."""
        return sorted(self.scores, key=lambda name: self.scores[name])

    def gain(self, name: str, over: str) -> Gain | None:
        """How much lower `name` is than `over`, whether sure or not."""
        for pair in self.pairs:
            if {pair.a, pair.b} == {name, over}:
                one = pair.loss if pair.b == name else pair.loss.turned()
                chance = one.sign_chance_corrected
                ends = one.interval_corrected
                return Gain(one.value, ends, one.interval, chance, one.sure, self.words)
        return None

    def better(self, over: str) -> list[tuple[str, Gain]]:
        """The models that are surely better than `over`, the best one first."""
        found = [(name, self.gain(name, over)) for name in self.ranked() if name != over]
        return [(name, one) for name, one in found if one and one.value > 0 and one.sure]

    def telling(self, over: Sequence[str]) -> str:
        """The overfitting model to lead with: a plain one of the best one's shape, or largest."""
        ranked = self.ranked()
        same = [
            name
            for name in over
            if ranked and same_shape(self.learners[name], self.learners[ranked[0]])
        ]
        plain = [name for name in same if is_plain(self.learners[name])]
        return max(plain or same or over, key=lambda name: self.counts[name])

    def means(self, plain: str, other: str) -> str:
        """By what `other` differs from `plain`, in words."""
        a, b = self.learners[plain], self.learners[other]
        if same_shape(a, b):
            return " + ".join(remedies_over(a, b)) or shown(other)
        if is_plainer(b, a) and not remedies_over(a, b):
            return f"a smaller model ({shown(other)})"
        return shown(other)

    def least(self, names: Sequence[str]) -> float:
        """How sure the least sure of these verdicts is."""
        return min(self.verdicts[name].confidence for name in names)

    def step(self, name: str) -> str:
        """What one step of the model's history is called."""
        return self.learners[name].step
