"""Verdicts as Markdown, for a pull request or the summary of a job."""

from __future__ import annotations

import re
from html import escape

from fitscope.names import joined
from fitscope.report.look import badge, label_counts
from fitscope.report.words import shown
from fitscope.verdicts.failing import FailOn, failures
from fitscope.verdicts.many import Verdicts
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import check_words, headline, plus_minus, sure

MOST = 200  # lines of the table; summaries of jobs may hold 1 MiB
LONGEST = 120  # signs of a source
SPECIAL = re.compile(r"([\\`*_\[\]|~#])")


def markdown(found: Verdicts, wanted: FailOn) -> str:
    """A line that sums up, a table of the runs that fail first, and why, folded away.

    Args:
        found: the verdicts, and what could not be judged.
        wanted: what is not to be found; it fails, and comes first.
    """
    failed = {id(one): failures(one, wanted) for one in (*found, *found.unread)}
    runs = sorted(found, key=lambda one: not failed[id(one)])
    lines = [f"**fitscope: {_summed_up(found, sum(map(bool, failed.values())))}**"]
    if runs:
        lines += [
            "",
            "| | run | verdict | sure | best | overfits from | checks |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_row(one, bool(failed[id(one)])) for one in runs[:MOST]),
        ]
        if len(runs) > MOST:
            lines += ["", f"and {len(runs) - MOST} more"]
    for one in found.unread[:MOST]:
        sign = "❌" if failed[id(one)] else "⚠️"
        lines += ["", f"{sign} {safe(one.source)}: not judged: {safe(one.error, 400)}"]
        lines += [f"- {safe(check_words(check), 800)}" for check in one.checks]
    for one in runs[:MOST]:
        lines += ["", *_reasons(one)]
    return "\n".join(lines) + "\n"


def _summed_up(found: Verdicts, failing: int) -> str:
    told = [*label_counts(found).values()]
    if found.unread:
        told.append(f"{len(found.unread)} not judged")
    count = len(found) + len(found.unread)
    end = f"; {failing} of {count} fail" if failing else ""
    return f"{joined(told) or 'nothing to judge'}{end}"


def _row(one: Verdict, failed: bool) -> str:
    e = one.evidence
    worn = badge(one.label, one.confidence)
    best = plus_minus(e.best_corrected, e.best_corrected_error)
    at = f"{best} at {e.step} {one.best_epoch:,}"
    onset = "" if one.onset_shown is None else f"{e.step} {one.onset_shown:,}"
    codes = ", ".join(check.code for check in one.checks)
    cells = ("❌" if failed else "", safe(one.source), f"{worn.look.sign} {worn.look.word}")
    return f"| {' | '.join((*cells, sure(one.confidence), at, onset, codes))} |"


def _reasons(one: Verdict) -> list[str]:
    """Why, folded away."""
    said = [f"<details><summary>{_html(one.source)}: {_html(headline(one))}</summary>", ""]
    said += [safe(one.explanation, 2_000), ""]
    said += [f"- {safe(text, 800)}" for text in one.advice]
    said += [f"- {safe(check_words(check), 800)}" for check in one.checks]
    return [*said, "", "</details>"]


def _html(text: str, longest: int = LONGEST) -> str:
    return escape(shown(text, longest), quote=False)


def safe(text: str, longest: int = LONGEST) -> str:
    """Text that stays text in Markdown."""
    return SPECIAL.sub(r"\\\1", _html(text, longest))
