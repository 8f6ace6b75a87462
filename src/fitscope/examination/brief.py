"""The answer in few words and few digits, for the head of its page; `words` has all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from fitscope.examination.lines import RungLine, lost_words, take_names
from fitscope.examination.sweep_words import brief_sweep
from fitscope.examination.words import most_helpful
from fitscope.names import listed, shown

if TYPE_CHECKING:
    from fitscope.study.answer import Answer, Recommended
    from fitscope.task import Task


def brief(
    answer: Answer,
    lines: list[RungLine],
    task: Task,
    own: str | None = None,
    stopped: Collection[str] = (),
) -> tuple[str, list[str]]:
    """A headline and a few sentences.

    Args:
        answer: what the examination says.
        lines: its ladder.
        task: what was learnt.
        own: the caller's model that is examined, if it is one of these.
        stopped: models that are left at their best epoch.
    """
    over = [line for line in lines if line.rung.decided == "overfit"]
    under = [line.rung.model for line in lines if line.rung.decided == "underfit"]
    names = [line.rung.model for line in over]
    if own in names:
        names = [own]
    fits = f"{listed(names)} {_verb('overfits', names)}" if over else "No model is shown to overfit"
    seen, where = ("", "") if answer.sweep is None else brief_sweep(answer.sweep, task)
    taken = answer.recommended
    head = f"{seen or fits}; "
    head += f"take {_named(taken)}" if taken else "there is no model to take"
    said = [where, f"{fits}."] if seen else []
    if over:
        said.append(_cost(max(over, key=lambda line: _worth(line, own)), answer, task, stopped))
    elif any(line.cost for line in lines):
        said.append(_gap(lines))
    if under:
        said.append(f"{listed(under)} {_verb('underfits', under)}.")
    said.append(_why(taken) if taken else "None is surely better than a constant prediction.")
    said.append(_more(answer, task))
    return head, [sentence for sentence in said if sentence]


def short(value: float) -> str:
    """A figure with two digits.

    Example:
        >>> short(0.14701), short(0.01), short(1234.5), short(40_189_581.0), short(0.0)
        ('0.15', '0.010', '1,200', '40 million', '0')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1e6:
        return f"{float(f'{value / 1e6:.2g}'):,.10g} million"
    if abs(value) >= 10:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:#.2g}"


def _verb(singular: str, names: list[str]) -> str:
    return singular if len(names) == 1 else singular.removesuffix("s")


def _worth(line: RungLine, own: str | None) -> tuple[bool, float]:
    return line.rung.model == own, line.rung.cost or 0.0


def _cost(line: RungLine, answer: Answer, task: Task, stopped: Collection[str]) -> str:
    """What the dearest overfitting costs, and what takes most of it away."""
    rung, cost = line.rung, line.cost
    if cost is None:
        return ""
    if cost.nothing:
        return f"That costs {shown(rung.model)} nothing."
    perhaps = "perhaps " if cost.unclear else ""
    text = f"That costs {shown(rung.model)} {perhaps}{short(rung.cost or 0.0)} of {task.loss.words}"
    best = most_helpful(answer.remedies, rung.model, stopped)
    if best is not None:
        what = "it" if answer.metric == task.loss.name else lost_words(task, answer.metric)
        return f"{text}; {best.remedy} takes {short(best.difference)} of {what} away."
    return f"{text}; no remedy tried surely helps." if answer.remedies else f"{text}."


def _gap(lines: list[RungLine]) -> str:
    known = [line for line in lines if line.cost is not None and (line.rung.gap or 0.0) > 0]
    if not known:
        return ""
    widest = max(known, key=lambda line: line.rung.gap or 0.0)
    assert widest.cost is not None
    costs = "nothing" if widest.cost.nothing else widest.cost.short
    return f"The widest gap, that of {shown(widest.rung.model)}, costs {costs}."


def _named(taken: Recommended) -> str:
    return f"{take_names(taken)}, averaged" if taken.beside else take_names(taken)


def _why(taken: Recommended) -> str:
    name = take_names(taken)
    for begin, said in (
        ("It ", f"{name} "),
        ("Every other one ", f"Every model but {name} "),
        ("Averaged they ", f"{name}, averaged, "),
    ):
        if taken.why.startswith(begin):
            return said + taken.why.removeprefix(begin)
    return taken.why


def _more(answer: Answer, task: Task) -> str:
    """What twice the rows would bring, as far as that can be told."""
    more = answer.more_data
    if more is None or not more.predictable or more.doubling is None:
        return ""
    gain = more.doubling
    if gain.gain <= 0:
        return "More rows would bring nothing that can be told."
    perhaps = "" if gain.sure >= 0.95 else "perhaps "
    lost = lost_words(task, answer.metric)
    return f"Twice the rows would {perhaps}take another {short(gain.gain)} of {lost} away."
