"""What a study says in plain sentences: what is wrong, what mends it, and how sure that is.

Every sentence follows from a verdict or from a comparison whose sign is sure at the 95 % level
after correction for all pairs; what is not sure is said to be open. No title rests on a
confidence below one half, and nothing that is only unproven is denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fitscope.diagnosis.rules import ONE_SIDED, SURE_SIGN
from fitscope.study.document import StudyDocument
from fitscope.study.names import listed, shown
from fitscope.study.outcome import Outcome
from fitscope.study.results import Advice, Results
from fitscope.verdicts.cost import Price
from fitscope.verdicts.explain import figure, two_chances
from fitscope.verdicts.words import sure

MOST_NAMES = 4


def advise(document: StudyDocument, results: Results) -> list[Advice]:
    """The study in sentences, the headline first.

    Args:
        document: study.json.
        results: with verdicts and comparisons.
    """
    found = Outcome(document, results)
    if not found.verdicts:
        return []
    advice = [_headline(found)]
    told = set(advice[0].models)
    for part in (
        _overfit_too, _rising, _free_gaps, _underfit, _improving, _unstable, _open, _undecided
    ):  # fmt: skip
        one = part(found, told)
        if one is not None:
            advice.append(one)
    said = ""
    if document.quick:
        said += " This is the quick protocol; the full one may rank them otherwise."
    if any(pair.about == "networks" for pair in results.comparisons):
        said += (
            " With one run a model this is about these trained runs on these rows; several "
            "repeats would show what holds for the models."
        )
    return [replace(advice[0], text=advice[0].text + said), *advice[1:]]


def _headline(found: Outcome) -> Advice:
    over = found.labelled("overfit")
    if over:
        return _overfit(found, found.telling(over))
    if len(found.verdicts) == 1:
        return _single(found)
    rising = found.rising()
    if rising:
        return _rises(found, rising)
    if not found.labelled("good", "improving"):
        return _nothing_fits(found)
    return _lowest(found)


def _lowest(found: Outcome) -> Advice:
    """No model overfits as far as can be told: the best one, and how far before the next."""
    ranked = found.ranked() or list(found.verdicts)
    best = ranked[0]
    verdict = found.verdicts.get(best) or next(iter(found.verdicts.values()))
    begin = "No model overfits" if found.denied() else "No model is shown to overfit"
    if best in found.labelled("improving"):
        title = f"{begin}; {shown(best)} is lowest and still improves: train longer"
        return Advice(title, verdict.explanation, (best,), verdict.confidence)
    second = found.gain(best, ranked[1]) if len(ranked) > 1 else None
    if second is not None and second.sure:
        title = f"{begin}; {shown(best)} is the best of {len(ranked)}"
        text = f"It reaches {second} than {shown(ranked[1])}, the next one."
        return Advice(title, text, (best, ranked[1]), second.chance)
    title = f"{begin}; {shown(best)} is lowest, but not surely better than the next"
    return Advice(title, verdict.explanation, (best,), None)


def _single(found: Outcome) -> Advice:
    ((name, verdict),) = found.verdicts.items()
    if name in found.rising():
        return _rises(found, [name])
    if name in found.open():
        title = f"Whether {shown(name)} under- or overfits is open"
        return Advice(title, verdict.explanation, (name,), None)
    words = {
        "good": "fits well",
        "improving": f"still improves at its last {found.step(name)}",
        "too few": f"had too few {found.step(name)}s to judge",
        "unstable": "is unstable",
    }
    if verdict.label not in words:
        return _nothing_fits(found)
    title = f"{shown(name)} {words[verdict.label]} ({sure(verdict.confidence)} sure)"
    text = f"{verdict.explanation} {' '.join(verdict.advice[:1])}".strip()
    return Advice(title, text, (name,), verdict.confidence)


def _overfit(found: Outcome, name: str) -> Advice:
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
        f"{_capital(called)} reaches {gain} than {shown(name)} at its best {found.step(name)}, "
        f"with {sure(gain.chance)} chance that the sign is right."
    )
    more = [f"{shown(other)} {one.value:.3f}" for other, one in better[1 : MOST_NAMES + 1]]
    if more:
        text += f" Also surely lower than {shown(name)}: {', '.join(more)}."
    text += _cost(found, name)
    models = (name, *(other for other, _ in better[: MOST_NAMES + 1]))
    return Advice(title, text, models, min(verdict.confidence, gain.chance))


def _since(found: Outcome, name: str) -> str:
    """Where overfitting begins; only a curve can tell."""
    onset = found.verdicts[name].onset_epoch
    return "" if onset is None else f" from about {found.step(name)} {onset:,}"


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
            f"Left to train it ends {rise:.3f} above its best: {at}."
            f"{two_chances(e.rise_probability, e.rise_probability_elsewhere)} No other model here "
            "is surely better than it is there."
        )
    lowest = next(iter(found.ranked()), name)
    gain = found.gain(lowest, name)
    if gain is not None and gain.value > 0:
        text += (
            f" The lowest, {shown(lowest)}, reaches {gain}: {sure(gain.chance)} sure among "
            f"all pairs of this study, {100 * SURE_SIGN:g} % asked."
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
        said.append(f"{_price(cost.richness)} at its best {step}, against {cost.richness.against}")
    if cost.training_on is not None and cost.training_on.value > 0:
        said.append(f"{_price(cost.training_on)} for training on after it")
    return f" Overfitting costs it {' and '.join(said)}." if said else ""


def _price(part: Price) -> str:
    said = f"{figure(part.value)} ± {figure(part.error)}"
    return f"{said}, which is 0 within error," if part.within_error else said


def _overfit_too(found: Outcome, told: set[str]) -> Advice | None:
    over = found.labelled("overfit")
    names = [name for name in over if name != found.telling(over)]
    if not names:
        return None
    starts = "; ".join(
        f"{shown(name)}{_since(found, name)} ({sure(found.verdicts[name].confidence)} sure)"
        for name in names[: 2 * MOST_NAMES]
    )
    title = f"{listed(names)} {'overfits' if len(names) == 1 else 'overfit'} too"
    text = f"{starts}."
    if any(found.verdicts[name].onset_epoch is not None for name in names):
        text += " Training beyond that makes validation worse: keep the best epoch's weights."
    told.update(names)
    return Advice(title, text, tuple(names), _least(found, names))


def _rising(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.rising() if name not in told]
    if not names:
        return None
    told.update(names)
    return _rises(found, names)


def _rises(found: Outcome, names: Sequence[str]) -> Advice:
    """Seen on these rows, open on others: two statements with two chances."""
    verb = "overfits" if len(names) == 1 else "overfit"
    title = f"{listed(names)} {verb} on these validation rows; on other rows that is open"
    said = []
    for name in names[:MOST_NAMES]:
        e = found.verdicts[name].evidence
        said.append(
            f"{shown(name)} ends {figure(e.rise or 0.0)} above its best."
            f"{two_chances(e.rise_probability, e.rise_probability_elsewhere)}"
        )
    said.append("More validation rows would tell.")
    shares = [found.verdicts[name].evidence.rise_probability or 0.0 for name in names]
    return Advice(title, " ".join(said), tuple(names), min(shares))


def _free_gaps(found: Outcome, told: set[str]) -> Advice | None:
    """Models with a gap between training and validation that costs nothing, as far as shown."""
    del told
    names = []
    for name in found.labelled("good", "improving"):
        e, cost = found.verdicts[name].evidence, found.verdicts[name].cost
        gap = (
            e.gap is not None
            and e.gap > ONE_SIDED * (e.gap_error or 0.0)
            and e.gap > (e.needed or 0)
        )
        if gap and cost is not None and cost.within_error and cost.richness is not None:
            names.append(name)
    if not names:
        return None
    said = []
    for name in names[:MOST_NAMES]:
        e, cost = found.verdicts[name].evidence, found.verdicts[name].cost
        assert cost is not None
        assert cost.richness is not None
        said.append(
            f"{shown(name)}: gap {figure(e.gap or 0.0)}, cost {figure(cost.value)} ± "
            f"{figure(cost.error)} against {cost.richness.against}."
        )
    have = "has a gap that costs" if len(names) == 1 else "have gaps that cost"
    title = f"{listed(names)} {have} nothing within error"
    return Advice(title, " ".join(said), tuple(names), None)


def _nothing_fits(found: Outcome) -> Advice:
    names = [name for name in found.verdicts if name not in found.open()]
    if not names:
        title = f"Whether {listed(list(found.verdicts))} under- or overfit is open"
        text = next(iter(found.verdicts.values())).explanation
        return Advice(title, text, tuple(found.verdicts), None)
    confidence = _least(found, names)
    labels = {found.verdicts[name].label for name in names}
    word = "underfit or were unstable"
    if labels == {"underfit"}:
        word = "underfits" if len(names) == 1 else "underfit"
    elif labels == {"unstable"}:
        word = "is unstable" if len(names) == 1 else "were unstable"
    elif "too few" in labels:
        word = "cannot be said to fit"
    title = f"{listed(names)} {word} ({sure(confidence)} sure)"
    verdict = found.verdicts[names[0]]
    text = f"{verdict.explanation} {' '.join(verdict.advice[:1])}"
    return Advice(title, text.strip(), tuple(names), confidence)


def _underfit(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("underfit") if not _in_headline(found, name)]
    if not names:
        return None
    verdicts = [found.verdicts[name] for name in names]
    kinds = {verdict.evidence.reference_kind for verdict in verdicts}
    beaten = kinds <= set(found.learners)  # by other models, not by a constant
    confidence = _least(found, names)
    verb = "underfits" if len(names) == 1 else "underfit"
    if beaten:
        verb = f"{'learns' if len(names) == 1 else 'learn'} less than this table allows"
    title = f"{listed(names)} {verb} ({sure(confidence)} sure)"
    text = verdicts[0].explanation
    if beaten and len(kinds) == 1:
        text = f"{shown(str(*kinds))} fits the training rows better and validates better."
    if found.shortened:
        text += " On this shortened protocol that may be a matter of epochs."
    causes = dict.fromkeys(cause for verdict in verdicts for cause in verdict.advice)
    text += f" Causes to look for: {' '.join(causes)}"
    told.update(names)
    return Advice(title, text, tuple(names), confidence)


def _in_headline(found: Outcome, name: str) -> bool:
    """None of a study's models fits well: the headline says it already."""
    return name in found.verdicts and not (
        found.labelled("overfit", "good", "improving") or found.rising()
    )


def _improving(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("improving") if name not in told]
    if not names:
        return None
    verb = "still improves" if len(names) == 1 else "still improve"
    confidence = _least(found, names)
    title = f"{listed(names)} {verb} at the last {found.step(names[0])} ({sure(confidence)} sure)"
    text = "Train longer before judging them." if len(names) > 1 else "Train longer before judging."
    told.update(names)
    return Advice(title, text, tuple(names), confidence)


def _unstable(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("unstable") if not _in_headline(found, name)]
    if not names:
        return None
    told.update(names)
    confidence = _least(found, names)
    title = f"{listed(names)} trained unstably ({sure(confidence)} sure)"
    text = " ".join(found.verdicts[names[0]].advice[:1])
    return Advice(title, text, tuple(names), confidence)


def _open(found: Outcome, told: set[str]) -> Advice | None:
    """Models whose verdict is less likely than not; the likeliest one is named with its odds."""
    del told
    names = [name for name in found.open() if name not in found.rising()]
    if not names or len(found.verdicts) == 1 or _in_headline(found, names[0]):
        return None
    likeliest = "; ".join(
        f"{shown(name)}: {found.verdicts[name].label} is likeliest, at "
        f"{sure(found.verdicts[name].confidence)}"
        for name in names[:MOST_NAMES]
    )
    title = f"Whether {listed(names)} under- or overfit{'s' if len(names) == 1 else ''} is open"
    return Advice(title, f"{likeliest}. More repeats would tell.", tuple(names), None)


def _undecided(found: Outcome, told: set[str]) -> Advice | None:
    """Models that cannot be told apart from the one with the lowest score."""
    del told
    ranked = found.ranked()
    if len(ranked) < 2:
        return None
    gains = {name: found.gain(ranked[0], name) for name in ranked[1:]}
    close = [name for name, one in gains.items() if one is not None and not one.sure]
    if not close:
        return None
    one = gains[close[0]]
    assert one is not None
    low, high = one.interval
    title = f"{shown(ranked[0])} is lowest, but not surely better than {listed(close)}"
    text = (
        f"Against {shown(close[0])} the difference is {one.value:.3f} (95 % interval {low:.3f} to "
        f"{high:.3f}). More repeats or more validation rows would tell them apart."
    )
    return Advice(title, text, (ranked[0], *close), None)


def _least(found: Outcome, names: Sequence[str]) -> float:
    return min(found.verdicts[name].confidence for name in names)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
