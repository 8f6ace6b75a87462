"""The answer: a paragraph in plain words, and the few numbers to keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.brief import brief
from fitscope.examination.lines import answer_of, bought, ladder, metric_words
from fitscope.examination.severity import SEVERITIES, headed
from fitscope.learners.base import keeps_best
from fitscope.report.notices import notices
from fitscope.report.page.view import View
from fitscope.report.words import number, shown, signed, sure
from fitscope.verdicts.check import gravest_first
from fitscope.verdicts.cost_words import CostWords

if TYPE_CHECKING:
    from fitscope.examination.lines import RungLine
    from fitscope.study.answer import Answer
    from fitscope.study.folder import StoredStudy

Tile = tuple[str, str, str]
"""Heading, figure and a note."""


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Headline, paragraph, warnings and tiles; nothing before there is an answer."""
    if stored.results.answer is None:
        return None
    answer, document = answer_of(stored), stored.document
    lines = ladder(stored)
    own = (document.application or {}).get("own_model")
    plan = document.training_plan
    stopped = [entry.name for entry in document.models if keeps_best(entry.learner, plan)]
    title, lead = brief(answer, lines, document.task, own, stopped)
    return {
        "kicker": f"fitscope · {document.created[:16].replace('T', ' ')}",
        "headline": title,
        "lead": lead,
        "words": answer.words,
        "grave": [one for one in gravest_first(answer.checks) if one.severity != "note"],
        "severities": SEVERITIES,
        "headed": headed,
        "notices": notices(document),
        "tiles": _tiles(stored, answer),
        "left_out": answer.left_out,
    }


def _tiles(stored: StoredStudy, answer: Answer) -> list[Tile]:
    found = [*_recommended(stored, answer), *_cost(ladder(stored)), *_remedy(answer)]
    found += _more(answer)
    rows = answer.rows
    parts = f"{rows.validation:,} for validation, {rows.test:,} for the test"
    folds = f", {rows.folds} folds" if rows.folds > 1 else ""
    anew = ""
    if answer.recommended is not None:
        of = [part for part in answer.recommended.parts if part.refit is not None]
        who = "the model" if len(answer.recommended.parts) == 1 else f"{len(of)} of the models"
        learnt = "has runs, too, on all" if rows.folds > 1 else "learnt anew from"
        if of:
            anew = f"; {who} to take {learnt} {rows.train + rows.validation:,}"
    return [*found, ("Training rows", f"{rows.train:,}", f"{parts}{folds}{anew}")]


def _recommended(stored: StoredStudy, answer: Answer) -> list[Tile]:
    """The scores of the model to take, on rows that no decision has seen where there are any."""
    if answer.recommended is None:
        return []
    models = answer.recommended.models
    name = shown(models[0], 60) if len(models) == 1 else f"the average of {len(models)} models"
    where, scores = "Test", answer.test
    if not scores and answer.validation is not None:
        where, scores = "Validation", {answer.metric: answer.validation}
    tiles = []
    for metric, one in list(scores.items())[:2]:
        low, high = number(one.low, one.value), number(one.high, one.value)
        reach = f", {low} to {high}" if one.low is not None and one.high is not None else ""
        words = metric_words(stored.document.task, metric)
        tiles.append((f"{where} {words}", number(one.value), f"{name}{reach}"))
    return tiles


def _cost(lines: list[RungLine]) -> list[Tile]:
    """What the dearest overfitting costs, or the widest gap where no rung overfits."""
    known: list[tuple[float, float, RungLine, CostWords]] = [
        (line.rung.cost or 0.0, line.rung.gap, line, line.cost)
        for line in lines
        if line.cost is not None and line.rung.gap is not None
    ]
    over = [one for one in known if one[2].rung.decided == "overfit"]
    if not known:
        return []
    _, gap, line, cost = (
        max(over, key=lambda one: one[0]) if over else max(known, key=lambda one: one[1])
    )
    heading = "Overfitting costs" if over else "The widest gap costs"
    chance = f"perhaps, {sure(cost.chance)}" if cost.unclear else f"{sure(cost.chance)} sure"
    note = f"{chance}; {shown(line.rung.model, 40)}, a gap of {number(gap)}"
    figure = cost.short.partition(" ± ")[0].removeprefix("perhaps ")
    return [(heading, figure, note)]


def _remedy(answer: Answer) -> list[Tile]:
    """The remedy that surely bought most."""
    helped = [
        (remedy.difference, remedy.remedy, group.over)
        for group in bought(answer)
        for remedy in group.remedies
        if remedy.interval[0] > 0
    ]
    if not helped:
        nothing = ("Remedies that surely help", "none", f"of {len(answer.remedies)} tried")
        return [nothing] if answer.remedies else []
    gain, name, over = max(helped)
    return [("The best remedy takes away", number(gain), f"{shown(name, 40)} on {shown(over, 40)}")]


def _more(answer: Answer) -> list[Tile]:
    """What twice the rows would buy."""
    more = answer.more_data
    if more is None:
        return []
    if not more.predictable or more.doubling is None:
        return [("Twice the rows would buy", "not predictable", more.why)]
    gain = more.doubling
    low, high = (signed(end, gain.gain) for end in gain.interval)
    return [("Twice the rows would buy", number(gain.gain), f"{low} to {high}, 90 % interval")]


VIEW = View(__name__, title="The answer", order=0, content=content, instead_of="headline")
