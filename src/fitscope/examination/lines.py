"""The answer as lines of tables: one rule for page, figures, terminal and notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fitscope.names import joined, shown
from fitscope.numbers import number
from fitscope.report.look import Badge, badge
from fitscope.verdicts.cost import Price
from fitscope.verdicts.cost_words import CostWords, cost_words

if TYPE_CHECKING:
    from fitscope.learners.base import Size
    from fitscope.study.answer import Answer, Recommended, Remedy, Rung
    from fitscope.study.folder import StoredStudy
    from fitscope.task import Task

LADDER, REMEDIES = "ladder", "remedies"
"""Groups of an examination's models."""

NORMAL = 1.96
"""Standard errors of a 95 % interval."""

Told = Literal["helps", "does harm", "not told apart"]


@dataclass(frozen=True)
class RungLine:
    """A rung and what is shown of it.

    Attributes:
        rung: its losses, verdict and cost.
        slug: its name as links have it.
        size: how large it is.
        badge: its verdict, ready to be shown.
        cost: what its gap costs, in words; None where nothing is known.
        taken: whether it is the model to take, or one of those that are averaged.
    """

    rung: Rung
    slug: str
    size: Size
    badge: Badge
    cost: CostWords | None
    taken: bool

    @property
    def judged(self) -> bool:
        """Whether it has a verdict, be it an open one."""
        return self.badge.label != "none"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of its validation loss; None without an error."""
        middle, error = self.rung.validation, self.rung.error
        if middle is None or error is None:
            return None
        return middle - NORMAL * error, middle + NORMAL * error


def ladder(stored: StoredStudy) -> list[RungLine]:
    """The rungs from the plainest to the richest, then the model to take if it is none of them.

    Args:
        stored: an examination with an answer.
    """
    answer = answer_of(stored)
    entries = {entry.name: entry for entry in stored.document.models}
    verdicts = {model.name: model.verdict for model in stored.results.models}
    taken = answer.recommended.models if answer.recommended else ()
    lines = []
    for rung in answer.rungs:
        entry, verdict = entries[rung.model], verdicts.get(rung.model)
        if LADDER not in entry.groups and rung.model not in taken:
            continue
        judged = rung.label != "too few"  # of a curve of which nothing can be said
        lines.append(
            RungLine(
                rung,
                entry.slug,
                entry.size,
                badge(rung.label, rung.confidence),
                gap_cost(rung, verdict.evidence.needed if verdict else None) if judged else None,
                rung.model in taken,
            )
        )
    return lines


def take_words(answer: Answer) -> str:
    """What marks the model to take, or those that are averaged.

    Example:
        >>> from fitscope.study.answer import Answer, Part, Recommended, Rows
        >>> take_words(Answer("", "loss", Rows(7, 2, 1), (), Recommended("hgb", "")))
        'the model to take'
        >>> both = Recommended("hgb", "", beside=(Part("64"),))
        >>> take_words(Answer("", "loss", Rows(7, 2, 1), (), both))
        'the models to take, averaged'
    """
    several = answer.recommended is not None and answer.recommended.beside
    return "the models to take, averaged" if several else "the model to take"


def take_names(taken: Recommended) -> str:
    """The model to take, or all that are averaged, as sentences name them.

    Example:
        >>> from fitscope.study.answer import Part, Recommended
        >>> take_names(Recommended("hgb", "", beside=(Part("64"), Part("forest"))))
        'hgb, 64 and forest'
    """
    return joined([shown(name, 60) for name in taken.models])


def taken_loss(task: Task, answer: Answer, lines: Sequence[RungLine]) -> float | None:
    """Validation loss of the model to take; of an average its own. None without one.

    Of an average nothing but the metric that decides is known, and rungs show the task's loss.

    Args:
        task: what was learnt.
        answer: what the examination says.
        lines: its ladder.
    """
    if answer.recommended is not None and answer.recommended.beside:
        known = answer.validation if answer.metric == task.loss.name else None
        return None if known is None else known.value
    return next((line.rung.validation for line in lines if line.taken), None)


@dataclass(frozen=True)
class Bought:
    """What was tried on one model, the most helpful first.

    Attributes:
        over: the model.
        remedies: what each change of it bought.
    """

    over: str
    remedies: tuple[Remedy, ...]


def bought(answer: Answer) -> list[Bought]:
    """What remedies bought, by the model that they were tried on.

    Args:
        answer: with or without remedies.

    Example:
        >>> from fitscope.study.answer import Answer, Remedy, Rows
        >>> tried = [Remedy("256x2", name, None, gain, (gain - 0.01, gain + 0.01), 0.9)
        ...          for name, gain in (("L2", 0.005), ("dropout", 0.02))]
        >>> answer = Answer("", "loss", Rows(7, 2, 1), remedies=tuple(tried))
        >>> [(group.over, [one.remedy for one in group.remedies]) for group in bought(answer)]
        [('256x2', ['dropout', 'L2'])]
    """
    groups: dict[str, list[Remedy]] = {}
    for remedy in answer.remedies:
        groups.setdefault(remedy.over, []).append(remedy)
    return [
        Bought(over, tuple(sorted(tried, key=lambda one: -one.difference)))
        for over, tried in groups.items()
    ]


def told(interval: Sequence[float]) -> Told:
    """What can be said of a change whose interval is corrected for how many were tried.

    Example:
        >>> told((0.01, 0.03)), told((-0.01, 0.03)), told((-0.03, -0.01))
        ('helps', 'not told apart', 'does harm')
    """
    low, high = interval
    return "helps" if low > 0 else "does harm" if high < 0 else "not told apart"


def answer_of(stored: StoredStudy) -> Answer:
    """The answer of an examination that has one."""
    assert stored.results.answer is not None
    return stored.results.answer


def scores(task: Task, answer: Answer) -> list[str]:
    """Each metric on the test part, with its 95 % interval; nothing without one."""
    told = []
    for name, one in answer.test.items():
        ends = ""
        if one.low is not None and one.high is not None:
            ends = f" ({number(one.low, one.value)} to {number(one.high, one.value)})"
        told.append(f"{metric_words(task, name)} {number(one.value)}{ends}")
    return told


def scale(groups: Sequence[Bought]) -> float:
    """The farthest end of an interval: it says how many decimals all of them get."""
    return max(
        (abs(end) for group in groups for one in group.remedies for end in one.interval),
        default=1.0,
    )


def metric_words(task: Task, name: str) -> str:
    """What sentences call a metric of an answer, whether the task knows it or not."""
    known = {metric.name: metric.words for metric in (task.loss, task.score)}
    return known.get(name, name.replace("_", " "))


def lost_words(task: Task, name: str) -> str:
    """What sentences call that of which models lose less, where a metric of an answer decides.

    Example:
        >>> from fitscope.task import BINARY
        >>> lost_words(BINARY, "binary_crossentropy"), lost_words(BINARY, "accuracy")
        ('cross-entropy', 'misclassification')
    """
    misses = any(one.name == name and one.higher_is_better for one in (task.loss, task.score))
    return "misclassification" if misses else metric_words(task, name)


def gap_cost(rung: Rung, needed: float | None) -> CostWords | None:
    """What a rung's gap costs, in words; None where nothing is known.

    Args:
        rung: the rung.
        needed: the smallest rise of its loss that matters, if that is known.
    """
    if rung.cost is None or rung.cost_error is None or rung.cost_chance is None:
        return None
    return cost_words(Price(rung.cost, rung.cost_error, rung.cost_chance), needed)
