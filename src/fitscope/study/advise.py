"""What a study says in plain sentences: what is wrong, what mends it, and how sure that is.

Every sentence follows from a verdict or from a comparison whose sign is sure at the 95 % level
after correction for all pairs; what is not sure is said to be open. No title rests on a
confidence below one half, and nothing that is only unproven is denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fitscope.learners.base import has_steps
from fitscope.learners.knobs import is_plain
from fitscope.names import MOST, listed, shown
from fitscope.study.advice import Advice
from fitscope.study.document import StudyDocument
from fitscope.study.outcome import Gain, Outcome, amount
from fitscope.study.overfit_advice import free_gaps, overfit, overfit_too, rises, rising
from fitscope.study.results import Results
from fitscope.verdicts.words import sure


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
    told_first = set(advice[0].models)
    told = set(told_first)
    for part in (
        overfit_too, rising, free_gaps, _underfit, _improving, _unstable, _open
    ):  # fmt: skip
        one = part(found, told)
        if one is not None:
            advice.append(one)
    close = _undecided(found)
    over = found.labelled("overfit") or found.rising()
    if close is not None and (over or not set(close.models[:2]) <= told_first):
        advice.append(close)  # otherwise the headline has said so
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
        return overfit(found, found.telling(over))
    if len(found.verdicts) == 1:
        return _single(found)
    seen = found.rising()
    if seen:
        return rises(found, seen)
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
    return _take(found, begin, ranked)


def _take(found: Outcome, begin: str, ranked: Sequence[str]) -> Advice:
    """Which model to take where the lowest one is not surely the best.

    Of its kind the smallest that no comparison, taken alone, tells from the lowest one, and of
    those of one size one without remedies: what is no better need not be paid for.
    """
    best, close = ranked[0], _close(found)
    alike = [best, *(name for name in close if _alike(found.gain(best, name)))]
    well = [name for name in alike if name in found.labelled("good")]
    if not well:
        title = f"{begin}; {shown(best)} is lowest, but not surely better than the next"
        return Advice(title, found.verdicts[best].explanation, (best,), None)
    sort = found.learners[well[0]].sort
    same = [name for name in well if found.learners[name].sort == sort]
    take = min(same, key=lambda one: (found.counts[one], not is_plain(found.learners[one])))
    if len(same) > 1:
        title = f"{begin}; take {shown(take)}, the plainest of {len(same)} that may be the best"
    else:
        title = f"{begin}; take {shown(take)}: it is lowest, if not surely the best"
    other = best if take != best else next(iter([*alike[1:], *close]), ranked[-1])
    text = "" if take != best else "No other one is lower. "
    text += _beside(found, take, other)
    rest = [name for name in well if name not in same]
    if rest:
        text += f" As good, as far as can be told: {listed(rest)}."
    text += " More repeats or more validation rows would tell them apart."
    models = dict.fromkeys((take, other, *well))
    return Advice(title, text, tuple(models), None)


def _close(found: Outcome) -> list[str]:
    """The models that are not surely worse than the lowest one, lowest first."""
    best, *others = found.ranked()
    gains = [(name, found.gain(best, name)) for name in others]
    return [name for name, gain in gains if gain is not None and not gain.sure]


def _alike(gain: Gain | None) -> bool:
    """Whether a difference may be none, even without a correction for all pairs."""
    return gain is not None and gain.alone[0] <= 0 <= gain.alone[1]


def _beside(found: Outcome, name: str, other: str) -> str:
    """How far two models differ, in a sentence."""
    gain = found.gain(other, name)
    if gain is None:
        return f"{shown(name)} and {shown(other)} were not compared."
    return (
        f"Its {gain.words} less that of {shown(other)} is {amount(gain.value)} (95 % interval "
        f"{gain.ends})."
    )


def _single(found: Outcome) -> Advice:
    ((name, verdict),) = found.verdicts.items()
    if name in found.rising():
        return rises(found, [name])
    if name in found.open():
        title = f"The verdict on {shown(name)} is open"
        return Advice(title, verdict.explanation, (name,), None)
    if verdict.label == "too few" and not has_steps(found.learners[name]):
        title = f"{shown(name)} alone cannot be judged: it is trained in one step"
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


def _nothing_fits(found: Outcome) -> Advice:
    names = [name for name in found.verdicts if name not in found.open()]
    if not names:
        title = f"The verdict on {listed(list(found.verdicts))} is open"
        text = next(iter(found.verdicts.values())).explanation
        return Advice(title, text, tuple(found.verdicts), None)
    confidence = found.least(names)
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
    confidence = found.least(names)
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
    confidence = found.least(names)
    title = f"{listed(names)} {verb} at the last {found.step(names[0])} ({sure(confidence)} sure)"
    text = "Train longer before judging them." if len(names) > 1 else "Train longer before judging."
    told.update(names)
    return Advice(title, text, tuple(names), confidence)


def _unstable(found: Outcome, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("unstable") if not _in_headline(found, name)]
    if not names:
        return None
    told.update(names)
    confidence = found.least(names)
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
        for name in names[:MOST]
    )
    title = f"The verdict on {listed(names)} is open"
    return Advice(title, f"{likeliest}. More repeats would tell.", tuple(names), None)


def _undecided(found: Outcome) -> Advice | None:
    """Models that cannot be told apart from the one with the lowest score."""
    ranked = found.ranked()
    close = _close(found) if ranked else []
    if not close:
        return None
    one = found.gain(ranked[0], close[0])
    assert one is not None
    title = f"{shown(ranked[0])} is lowest, but not surely better than {listed(close)}"
    text = (
        f"Against {shown(close[0])} the difference is {amount(one.value)} (95 % interval "
        f"{one.ends}). More repeats or more validation rows would tell them "
        "apart."
    )
    return Advice(title, text, (ranked[0], *close), None)
