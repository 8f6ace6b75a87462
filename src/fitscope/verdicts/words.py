"""A verdict in words, for terminals, notebooks and files alike."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from fitscope.verdicts.cost import Price
from fitscope.verdicts.cost_words import cost_words, with_error
from fitscope.verdicts.figures import figure, share, sure

if TYPE_CHECKING:
    from fitscope.verdicts.check import Check
    from fitscope.verdicts.verdict import Verdict

WIDTH = 79
STRETCHES = 4  # of epochs that are as good as the best one, in a line


def headline(verdict: Verdict) -> str:
    """The label, where overfitting begins, and how sure that is; no label leads below one half.

    Example:
        >>> from fitscope.verdicts.evidence import Evidence
        >>> from fitscope.verdicts.verdict import Verdict
        >>> evidence = Evidence(onset_interval=(95, 121))
        >>> headline(Verdict("run", "overfit", 0.973, 84, 103, 285, evidence, "", ()))
        'overfit from epoch 103 (95 to 121), 97 % sure'
        >>> headline(Verdict("run", "good", 0.47, 84, None, 285, evidence, "", ()))
        'undecided: good is likeliest, 47 % sure'
    """
    begin = onset_words(verdict)
    if verdict.undecided:
        return f"undecided: {verdict.label} is likeliest, {sure(verdict.confidence)} sure"
    return f"{verdict.label}{f' from {begin}' if begin else ''}, {sure(verdict.confidence)} sure"


def label_words(verdict: Verdict) -> str:
    """The label and how sure it is, for tables; "open" where it is less likely than not.

    Example:
        >>> from fitscope.verdicts.evidence import Evidence
        >>> from fitscope.verdicts.verdict import Verdict
        >>> label_words(Verdict("run", "good", 0.97, 84, None, 285, Evidence(), "", ()))
        'good 97 %'
        >>> label_words(Verdict("run", "overfit", 0.37, 84, 90, 285, Evidence(), "", ()))
        'open'
    """
    return "open" if verdict.undecided else f"{verdict.label} {sure(verdict.confidence)}"


def onset_words(verdict: Verdict) -> str:
    """The epoch where overfitting begins, with its interval; empty without overfitting."""
    if verdict.onset_epoch is None:
        return ""
    interval = verdict.evidence.onset_interval
    wide = interval is not None and interval[0] < interval[1]
    span = f" ({interval[0]:,} to {interval[1]:,})" if interval and wide else ""
    return f"{verdict.evidence.step} {verdict.onset_epoch:,}{span}"


def check_words(check: Check) -> str:
    """A check in one paragraph.

    Example:
        >>> from fitscope.verdicts.check import Check
        >>> check_words(Check("FS216", "warning", "One evaluation only", "Evaluate more often."))
        'FS216 (warning): One evaluation only. Evaluate more often.'
    """
    return f"{check.code} ({check.severity}): {check.title}. {check.text}"


def sentence(note: str) -> str:
    """A note with a capital letter and a full stop.

    Example:
        >>> sentence("read as epochs"), sentence("Simulated rows.")
        ('Read as epochs.', 'Simulated rows.')
    """
    return f"{note[:1].upper()}{note[1:].removesuffix('.')}."


def plus_minus(value: float | None, error: float | None) -> str:
    """A figure with its standard error.

    Example:
        >>> plus_minus(0.58961, 0.0031), plus_minus(0.639, 0.009), plus_minus(None, None)
        ('0.5896 ± 0.0031', '0.6390 ± 0.0090', '')
    """
    return "" if value is None else with_error(value, error or 0.0)


def facts(verdict: Verdict) -> list[tuple[str, str]]:
    """The figures behind a verdict: name and value, those that are known."""
    e = verdict.evidence
    best = plus_minus(e.best_corrected, e.best_corrected_error)
    raw = e.best
    likeliest = f"{verdict.label}, {sure(verdict.confidence)}" if verdict.undecided else ""
    named = {
        "likeliest": likeliest,
        "metric": e.called,
        "best": f"{best} at {e.step} {verdict.best_epoch:,}" if best else "",
        "as good": _as_good(verdict),
        "logged best": figure(raw) if raw is not None and best else "",
        "overfits from": onset_words(verdict),
        "rise": _rise(verdict),
        "surely": _surely(verdict),
        "cost of training on": _cost(verdict, verdict.cost and verdict.cost.training_on),
        "cost of richness": _cost(verdict, verdict.cost and verdict.cost.richness),
        "gap at the end": plus_minus(e.gap, e.gap_error),
        "slope at the end": _slopes(verdict),
        f"{e.step}s": _epochs(verdict),
        "reference": _reference(verdict),
        "curves": _curves(verdict),
    }
    found = [(name, value) for name, value in named.items() if value]
    return found + [("note", note) for note in e.notes]


def paragraph(verdict: Verdict, width: int = WIDTH) -> str:
    """A verdict as a few lines of text."""
    lines = [verdict.source, f"  {headline(verdict)}"]
    for text in (verdict.explanation, *(f"- {advice}" for advice in verdict.advice)):
        hang = "    " if text.startswith("- ") else "  "
        lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent=hang)
    for note in verdict.evidence.notes:
        text = f"note: {note}"
        lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")
    for check in verdict.checks:
        text = check_words(check)
        lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)


def _as_good(verdict: Verdict) -> str:
    """Checkpoints that noise cannot tell apart from the best; empty where there is no other."""
    stretches = verdict.evidence.as_good
    if sum(last - first for first, last in stretches) == 0 and len(stretches) < 2:
        return ""
    told = [f"{a:,}" if a == b else f"{a:,} to {b:,}" for a, b in stretches]
    more = f" and {len(told) - STRETCHES} more stretches" if len(told) > STRETCHES else ""
    return f"{verdict.evidence.step} {', '.join(told[:STRETCHES])}{more}, as far as noise tells"


def _rise(verdict: Verdict) -> str:
    e = verdict.evidence
    rise, relative = e.rise, e.rise_relative
    if rise is None or (rise <= 0 and verdict.label != "overfit"):
        return ""
    text = plus_minus(rise, e.rise_error)
    if e.learnt and e.learnt > 0:
        return f"{text}, {share(rise / e.learnt, 'what had been gained')}"
    return text + (f", {share(relative, 'the best')}" if relative is not None else "")


def _surely(verdict: Verdict) -> str:
    """Both chances of a rise: on these rows, and on others."""
    here, elsewhere = verdict.evidence.rise_probability, verdict.evidence.rise_probability_elsewhere
    if here is None or not _rise(verdict):
        return ""
    text = f"{sure(here)} on these validation rows"
    return text if elsewhere is None else f"{text}, {sure(elsewhere)} on others"


def _cost(verdict: Verdict, part: Price | None) -> str:
    """A part of what overfitting costs."""
    if part is None:
        return ""
    against = f", against {part.against}" if part.against else ""
    return f"{cost_words(part, verdict.evidence.needed).full}{against}"


def _slopes(verdict: Verdict) -> str:
    e, step = verdict.evidence, verdict.evidence.step
    article = "an" if step == "epoch" else "a"
    parts = [
        f"{part} {plus_minus(e[key], e.get(f'{key}_error'))}"
        for part, key in (("validation", "validation_slope"), ("training", "train_slope"))
        if e.get(key) is not None
    ]
    return f"{', '.join(parts)} {article} {step}" if parts else ""


def _epochs(verdict: Verdict) -> str:
    wasted = verdict.evidence.wasted_epochs
    return f"{verdict.epochs:,}" + (f", {wasted:,} after the best" if wasted else "")


def _reference(verdict: Verdict) -> str:
    value, kind = verdict.evidence.reference, verdict.evidence.reference_kind
    return "" if value is None else f"{figure(value)} ({kind})"


def _curves(verdict: Verdict) -> str:
    validation, train = verdict.evidence.validation_key, verdict.evidence.train_key
    if not validation:
        return ""
    return f"{validation} (validation)" + (f", {train} (training)" if train else "")
