"""What a study says about overfitting: who does, since when, what mends it, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from fitscope.diagnosis.rules import ONE_SIDED, SURE_SIGN
from fitscope.names import MOST, listed, shown
from fitscope.study.advice import Advice
from fitscope.study.outcome import Outcome, amount
from fitscope.verdicts.cost import Price
from fitscope.verdicts.cost_words import cost_words, with_error
from fitscope.verdicts.figures import two_chances
from fitscope.verdicts.words import sure


def overfit(found: Outcome, name: str) -> Advice:
    """A model that overfits, and the best of what surely mends it."""
    verdict = found.verdicts[name]
    title = f"{shown(name)} overfits{_since(found, name)} ({sure(verdict.confidence)} sure)"
    better = found.better(name)
    if not better:
        return Advice(title, _stop(found, name), (name,), verdict.confidence)
    remedy, gain = better[0]
    means = found.means(name, remedy)
    mends = remedy not in found.labelled("overfit")
    title += f"; {means} {'mends it' if mends else 'helps, and overfits too'}"
    called = means if shown(remedy) == means else f"{shown(remedy)}"
    text = (
        f"{_capital(called)} is {amount(gain.value)} lower in {gain.words} than {shown(name)} at "
        f"its best {found.step(name)}{_later(found, name)}. That gain is {sure(gain.chance)} sure, "
        f"with a 95 % interval from {gain.ends}."
    )
    more = [f"{shown(other)} {amount(one.value)}" for other, one in better[1 : MOST + 1]]
    if more:
        text += f" Also surely lower than {shown(name)}: {', '.join(more)}."
    text += _cost(found, name)
    models = (name, *(other for other, _ in better[: MOST + 1]))
    return Advice(title, text, models, min(verdict.confidence, gain.chance))


def _later(found: Outcome, name: str) -> str:
    """What training on costs, in few digits, where that is sure."""
    cost = found.verdicts[name].cost
    part = cost.training_on if cost is not None else None
    if part is None or part.value <= 0 or part.chance < SURE_SIGN:
        return ""
    return f", and training on from there costs {part.value:.2g}"


def _since(found: Outcome, name: str) -> str:
    """Where overfitting begins; only a curve can tell."""
    onset, step = found.verdicts[name].onset_epoch, found.step(name)
    if onset is None:
        return ""
    return f" from about {step} {onset:,}" if onset else f" from its first {step} on"


def _stop(found: Outcome, name: str) -> str:
    """What to do about a model where no other one is surely better."""
    verdict, step = found.verdicts[name], found.step(name)
    rise = verdict.evidence.rise
    text = "No other model here is surely better than it is at its best."
    if rise is not None and verdict.onset_epoch is not None:
        e, at = verdict.evidence, f"stop at about {step} {verdict.best_epoch:,}"
        if verdict.best_epoch == 0:
            at = f"its first {step} is its best, so lower the learning rate"
        text = (
            f"Left to train it ends {amount(rise)} above its best: {at}."
            f"{two_chances(e.rise_probability, e.rise_probability_elsewhere)} No other model here "
            "is surely better than it is there."
        )
    lowest = next(iter(found.ranked()), name)
    gain = found.gain(lowest, name)
    if gain is not None and gain.value > 0:
        text += (
            f" The lowest, {shown(lowest)}, reaches {gain}, which is not sure among all pairs of "
            "this study."
        )
    return text


def _cost(found: Outcome, name: str) -> str:
    """What a model's overfitting costs, in a sentence of its own."""
    cost = found.verdicts[name].cost
    if cost is None:
        return ""
    step = found.step(name)
    said = []
    if cost.richness is not None and cost.richness.value > 0:
        said.append(
            f"{_price(found, name, cost.richness)} at its best {step}, against "
            f"{shown(str(cost.richness.against))},"
        )
    if cost.training_on is not None and cost.training_on.value > 0:
        said.append(f"{_price(found, name, cost.training_on)} for training on after it")
    return f" Overfitting costs it {' and '.join(said).rstrip(',')}." if said else ""


def _price(found: Outcome, name: str, part: Price) -> str:
    return cost_words(part, found.verdicts[name].evidence.needed).full


def overfit_too(found: Outcome, told: set[str]) -> Advice | None:
    over = found.labelled("overfit")
    names = [name for name in over if name != found.telling(over)]
    if not names:
        return None
    starts = "; ".join(
        f"{shown(name)}{_since(found, name)} ({sure(found.verdicts[name].confidence)} sure)"
        for name in names[: 2 * MOST]
    )
    title = f"{listed(names)} {'overfits' if len(names) == 1 else 'overfit'} too"
    text = f"{starts}."
    steps = {found.step(name) for name in names if found.verdicts[name].onset_epoch is not None}
    if steps:
        text += f" Training beyond that makes validation worse: keep the best {' or '.join(steps)}."
    told.update(names)
    return Advice(title, text, tuple(names), found.least(names))


def rising(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.rising() if name not in told]
    if not names:
        return None
    told.update(names)
    return rises(found, names)


def rises(found: Outcome, names: Sequence[str]) -> Advice:
    """Seen on these rows, open on others: two statements with two chances."""
    verb = "overfits" if len(names) == 1 else "overfit"
    title = f"{listed(names)} {verb} on these validation rows; on other rows that is open"
    said = []
    for name in names[:MOST]:
        e = found.verdicts[name].evidence
        said.append(
            f"{shown(name)} ends {amount(e.rise or 0.0)} above its best."
            f"{two_chances(e.rise_probability, e.rise_probability_elsewhere)}"
        )
    said.append("More validation rows would tell.")
    shares = [found.verdicts[name].evidence.rise_probability or 0.0 for name in names]
    return Advice(title, " ".join(said), tuple(names), min(shares))


def free_gaps(found: Outcome, told: set[str]) -> Advice | None:
    """Models with a gap between training and validation of which it is shown that it costs nothing.

    That takes a plainer version of the model: without one nobody knows what its room costs.
    """
    del told
    free = {}
    for name in found.labelled("good", "improving"):
        e, cost = found.verdicts[name].evidence, found.verdicts[name].cost
        gap = (
            e.gap is not None
            and e.gap > ONE_SIDED * (e.gap_error or 0.0)
            and e.gap > (e.needed or 0)
        )
        if gap and cost is not None and cost.richness is not None:
            costs = cost_words(cost, e.needed)
            if costs.nothing:
                free[name] = costs.chance
    if not free:
        return None
    said = []
    for name in list(free)[:MOST]:
        e, cost = found.verdicts[name].evidence, found.verdicts[name].cost
        assert cost is not None
        assert cost.richness is not None
        said.append(
            f"{shown(name)}: gap {amount(e.gap or 0.0)}, cost "
            f"{with_error(cost.value, cost.error)} against {shown(str(cost.richness.against))}."
        )
    have = "has a gap that costs" if len(free) == 1 else "have gaps that cost"
    chance = min(free.values())
    title = f"{listed(list(free))} {have} nothing ({sure(chance)} sure)"
    return Advice(title, " ".join(said), tuple(free), chance)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
