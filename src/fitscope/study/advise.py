"""What a study says in plain sentences: what is wrong, what mends it, and how sure that is.

Every sentence follows from a verdict or from a comparison whose sign is sure at the 95 % level
after correction for all pairs; what is not sure is said to be open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.names import shown
from fitscope.study.results import Advice, Results
from fitscope.verdicts.comparison import sureness

METRIC = "val_binary_crossentropy"
SURE = 0.975  # of a sign, which is the two-sided 95 % level
REMEDIES = {
    "l1": "L1",
    "l2": "L2",
    "weight_decay": "weight decay",
    "dropout": "dropout",
    "batch_norm": "batch normalization",
}
MOST_NAMES = 4


@dataclass(frozen=True)
class Gain:
    """How much lower one model's cross-entropy is than another's.

    Attributes:
        value: the difference, positive where the first one is lower.
        interval: its 95 % interval.
        sure: the chance that the sign is right, corrected for all pairs.
    """

    value: float
    interval: tuple[float, float]
    sure: float

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} lower cross-entropy (95 % interval {low:.3f} to {high:.3f})"


class Findings:
    """Verdicts and comparisons of a study, looked up by name."""

    def __init__(self, document: StudyDocument, results: Results) -> None:
        self.entries = {entry.name: entry for entry in document.models}
        self.verdicts = {m.name: m.verdict for m in results.models if m.verdict is not None}
        means = {m.name: m.best_corrected[METRIC].mean for m in results.models if m.best_corrected}
        self.scores = {name: mean for name, mean in means.items() if mean is not None}
        self.pairs = results.comparisons

    def labelled(self, *labels: str) -> list[str]:
        """The models with one of these verdicts, in the study's order."""
        return [name for name, one in self.verdicts.items() if one.label in labels]

    def ranked(self) -> list[str]:
        """The models by their corrected cross-entropy, lowest first."""
        return sorted(self.scores, key=lambda name: self.scores[name])

    def gain(self, name: str, over: str) -> Gain | None:
        """How much lower `name` is than `over`, whether sure or not."""
        for pair in self.pairs:
            if {pair.a, pair.b} == {name, over}:
                one = pair.loss if pair.b == name else pair.loss.turned()
                return Gain(one.value, one.interval, one.sign_chance_corrected)
        return None

    def better(self, over: str) -> list[tuple[str, Gain]]:
        """The models that are surely better than `over`, the best one first."""
        found = [(name, self.gain(name, over)) for name in self.ranked() if name != over]
        return [(name, one) for name, one in found if one and one.value > 0 and one.sure >= SURE]


def advise(document: StudyDocument, results: Results) -> list[Advice]:
    """The study in sentences, the headline first.

    Args:
        document: study.json.
        results: with verdicts and comparisons.
    """
    found = Findings(document, results)
    if not found.verdicts:
        return []
    advice = [_headline(found)]
    told = set(advice[0].models)
    for part in (_overfit_too, _underfit, _improving, _unstable, _undecided):
        one = part(found, told)
        if one is not None:
            advice.append(one)
    said = ""
    if document.quick:
        said += " This is the quick protocol; the full one may rank them otherwise."
    if any(pair.about == "networks" for pair in results.comparisons):
        said += (
            " With one run a model this is about these trained networks on these rows; several "
            "repeats would show what holds for the models."
        )
    return [replace(advice[0], text=advice[0].text + said), *advice[1:]]


def _headline(found: Findings) -> Advice:
    over = found.labelled("overfit")
    if over:
        return _overfit(found, _telling(found, over))
    if not found.labelled("good", "improving"):
        return _nothing_fits(found)
    ranked = found.ranked() or list(found.verdicts)
    best = ranked[0]
    verdict = found.verdicts.get(best) or found.verdicts[next(iter(found.verdicts))]
    if len(found.verdicts) == 1:
        (name,) = found.verdicts
        word = "fits well" if verdict.label == "good" else "still improves at its last epoch"
        title = f"{shown(name)} {word} ({sureness(verdict.confidence)} sure)"
        return _entry(title, verdict.explanation, [name], verdict.confidence)
    if verdict.label == "improving":
        title = f"No model overfits; {shown(best)} is lowest and still improves: train longer"
        text = verdict.explanation
        return _entry(title, text, [best], verdict.confidence)
    second = found.gain(best, ranked[1]) if len(ranked) > 1 else None
    if second is not None and second.sure >= SURE:
        title = f"No model overfits; {shown(best)} is the best of {len(ranked)}"
        text = f"It reaches {second} than {shown(ranked[1])}, the next one."
        return _entry(title, text, [best, ranked[1]], second.sure)
    title = f"No model overfits; {shown(best)} is lowest, but not surely better than the next"
    return _entry(title, verdict.explanation, [best], None)


def _overfit(found: Findings, name: str) -> Advice:
    """A model that overfits, and the best of what surely mends it."""
    verdict = found.verdicts[name]
    sure = verdict.confidence
    since = verdict.onset_epoch
    title = f"{shown(name)} overfits from about epoch {since:,} ({sureness(sure)} sure)"
    better = found.better(name)
    if not better:
        rise = verdict.evidence["rise"]
        text = (
            f"Left to train it ends {rise:.3f} above its best: stop at about epoch "
            f"{verdict.best_epoch:,}. No other model here is surely better than it is there."
        )
        lowest = next(iter(found.ranked()), name)
        gain = found.gain(lowest, name)
        if gain is not None and gain.value > 0:
            text += (
                f" The lowest, {shown(lowest)}, reaches {gain}: {sureness(gain.sure)} sure among "
                f"all pairs of this study, {100 * SURE:g} % asked."
            )
        return _entry(title, text, [name], sure)
    remedy, gain = better[0]
    means = _means(found.entries[name], found.entries[remedy])
    mends = remedy not in found.labelled("overfit")
    title += f"; {means} {'mends' if mends else 'helps, and overfits too'}"
    title += " it" if mends else ""
    called = "" if shown(remedy) == means else f"{shown(remedy)} "
    text = (
        f"{called or means + ' '}reaches {gain} than {shown(name)} at its best epoch, with "
        f"{sureness(gain.sure)} chance that the sign is right."
    )
    more = [f"{shown(other)} {one.value:.3f}" for other, one in better[1 : MOST_NAMES + 1]]
    if more:
        text += f" Also surely lower than {shown(name)}: {', '.join(more)}."
    models = [name, *(other for other, _ in better[: MOST_NAMES + 1])]
    return _entry(title, _capital(text), models, min(sure, gain.sure))


def _telling(found: Findings, over: Sequence[str]) -> str:
    """The overfitting model to lead with: one of the best model's layers, or the largest."""
    ranked = found.ranked()
    hidden = found.entries[ranked[0]].spec["hidden"] if ranked else None
    same = [name for name in over if found.entries[name].spec["hidden"] == hidden]
    plain = [name for name in same if not _added(None, found.entries[name])]
    return max(plain or same or over, key=lambda name: found.entries[name].size.count)


def _added(plain: ModelEntry | None, other: ModelEntry) -> list[str]:
    """Regularizers that `other` has more of than `plain`."""
    before = plain.spec if plain else {}
    return [word for key, word in REMEDIES.items() if other.spec[key] > before.get(key, 0)]


def is_regularized(entry: ModelEntry) -> bool:
    """Whether a model has a penalty, weight decay or dropout."""
    return any(entry.spec[name] for name in ("l1", "l2", "weight_decay", "dropout"))


def _means(plain: ModelEntry, other: ModelEntry) -> str:
    """By what `other` differs from `plain`, in words."""
    if plain.spec["hidden"] == other.spec["hidden"]:
        return " + ".join(_added(plain, other)) or shown(other.name)
    if other.size.count < plain.size.count and not _added(plain, other):
        return f"a smaller network ({shown(other.name)})"
    return shown(other.name)


def _nothing_fits(found: Findings) -> Advice:
    names = list(found.verdicts)
    confidence = min(found.verdicts[name].confidence for name in names)
    under = found.labelled("underfit")
    word = "underfit" if len(under) == len(names) else "underfit or were unstable"
    if not under:
        word = "were unstable"
    if len(names) == 1:
        word = {"underfit": "underfits"}.get(found.verdicts[names[0]].label, "is unstable")
    title = f"{_list(names)} {word} ({sureness(confidence)} sure)"
    verdict = found.verdicts[names[0]]
    text = f"{verdict.explanation} {' '.join(verdict.advice[:1])}"
    return _entry(title, text.strip(), names, confidence)


def _overfit_too(found: Findings, told: set[str]) -> Advice | None:
    headline = _telling(found, over) if (over := found.labelled("overfit")) else None
    names = [name for name in over if name != headline]
    if not names:
        return None
    starts = "; ".join(
        f"{shown(name)} from about epoch {found.verdicts[name].onset_epoch:,} "
        f"({sureness(found.verdicts[name].confidence)} sure)"
        for name in names[: 2 * MOST_NAMES]
    )
    title = f"{_list(names)} {'overfits' if len(names) == 1 else 'overfit'} too"
    text = f"{starts}. Training beyond that makes validation worse: keep the best epoch's weights."
    told.update(names)
    return _entry(title, text, names, min(found.verdicts[n].confidence for n in names))


def _underfit(found: Findings, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("underfit") if not _in_headline(found, name)]
    if not names:
        return None
    verb = "underfits" if len(names) == 1 else "underfit"
    kinds = {found.verdicts[name].evidence["reference_kind"] for name in names}
    shows = kinds.pop() if len(kinds) == 1 else None
    text = found.verdicts[names[0]].explanation
    if shows in found.entries:
        shown_name = shown(str(shows))
        text = f"{shown_name} fits the training rows better and validates better."
    text += " Causes to look for: too weak (more units or layers), "
    if any(is_regularized(found.entries[name]) for name in names):
        text += "over-regularized (lower L1, L2 or dropout), "
    text += "trained too short (more epochs or a higher learning rate)."
    told.update(names)
    confidence = min(found.verdicts[name].confidence for name in names)
    return _entry(f"{_list(names)} {verb} ({sureness(confidence)} sure)", text, names, confidence)


def _in_headline(found: Findings, name: str) -> bool:
    """All of a study's models underfit or are unstable: the headline says it already."""
    return name in found.verdicts and not found.labelled("overfit", "good", "improving")


def _improving(found: Findings, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("improving") if name not in told]
    if not names:
        return None
    verb = "still improves" if len(names) == 1 else "still improve"
    confidence = min(found.verdicts[name].confidence for name in names)
    title = f"{_list(names)} {verb} at the last epoch ({sureness(confidence)} sure)"
    text = "Train longer before judging them." if len(names) > 1 else "Train longer before judging."
    told.update(names)
    return _entry(title, text, names, confidence)


def _unstable(found: Findings, told: set[str]) -> Advice | None:
    names = [name for name in found.labelled("unstable") if not _in_headline(found, name)]
    if not names:
        return None
    told.update(names)
    confidence = min(found.verdicts[name].confidence for name in names)
    title = f"{_list(names)} trained unstably ({sureness(confidence)} sure)"
    advice = found.verdicts[names[0]].advice
    return _entry(title, " ".join(advice[:1]), names, confidence)


def _undecided(found: Findings, told: set[str]) -> Advice | None:
    """Models that cannot be told apart from the one with the lowest score."""
    del told
    ranked = found.ranked()
    if len(ranked) < 2:
        return None
    gains = {name: found.gain(ranked[0], name) for name in ranked[1:]}
    close = [name for name, one in gains.items() if one is not None and one.sure < SURE]
    if not close:
        return None
    one = gains[close[0]]
    assert one is not None
    low, high = one.interval
    title = f"{shown(ranked[0])} is lowest, but not surely better than {_list(close)}"
    text = (
        f"Against {shown(close[0])} the difference is {one.value:.3f} (95 % interval {low:.3f} to "
        f"{high:.3f}). More repeats or more validation rows would tell them apart."
    )
    return _entry(title, text, [ranked[0], *close], None)


def _list(names: Sequence[str]) -> str:
    """Names as a person lists them; many are counted.

    Example:
        >>> _list(["a"]), _list(["a", "b", "c"]), _list(list("abcdefg"))
        ('a', 'a, b and c', 'a, b, c and 4 more')
    """
    told = [shown(name) for name in names]
    if len(told) > MOST_NAMES:
        told = [*told[: MOST_NAMES - 1], f"{len(told) - MOST_NAMES + 1} more"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _entry(title: str, text: str, models: Sequence[str], confidence: float | None) -> Advice:
    return Advice(title, text, tuple(models), confidence)
