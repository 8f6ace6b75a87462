"""What the study found, in plain words, and the few numbers to keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.lines import Line, ranked
from fitscope.report.look import LOOKS, label_counts
from fitscope.report.notices import notices
from fitscope.report.page.view import View
from fitscope.report.words import estimate, first_sentence, number, shown, sure
from fitscope.study.advice import Advice
from fitscope.task import ACCURACY

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """Headline, the sentences below it, notices and tiles."""
    document, advice = stored.document, stored.results.advice
    lines = ranked(stored)
    found, *more = advice[:6] or [_fallback(stored, lines)]
    lead, rest = first_sentence(found.text)
    figures = [("", rest), *((one.title, _with_odds(one)) for one in more)]
    return {
        "kicker": f"fitscope · {document.created[:16].replace('T', ' ')}",
        "found": found,
        "lead": lead,
        "more": more,
        "figures": [(title, text) for title, text in figures if text],
        "notices": notices(document),
        "tiles": _tiles(stored, lines),
    }


def _with_odds(one: Advice) -> str:
    told = one.confidence is None or "sure" in one.title
    return one.text if told else f"{one.text} ({sure(one.confidence or 0.0)} sure)"


def _fallback(stored: StoredStudy, lines: list[Line]) -> Advice:
    """What can be said where nothing has been diagnosed: no more than the scores hold."""
    rows = f"{stored.document.data.validation_rows:,} validation rows"
    loss = stored.document.task.loss.words
    done = [line for line in lines if line.rank is not None]
    if not stored.results.runs:
        return _said(
            "No run of this study has finished yet",
            "The page fills with the first finished run. If the study was interrupted, its "
            "command with --resume goes on where it stopped.",
        )
    if not done:
        return _said(f"{len(lines)} models on {rows}, and none of them has a score")
    name = shown(done[0].name, 80)
    score = estimate(done[0].loss.mean, done[0].loss.error)
    if len(lines) == 1:
        return _said(f"{name} on {rows}: {loss} {score}")
    return _said(
        f"{name} reached the lowest validation {loss} of {len(done)} models: {score} on "
        f"{stored.document.data.validation_rows:,} rows"
    )


def _said(title: str, text: str = "") -> Advice:
    return Advice(title, text, (), None)


def _tiles(stored: StoredStudy, lines: list[Line]) -> list[tuple[str, str, str]]:
    """Heading, figure and a note for each tile."""
    document, task = stored.document, stored.document.task
    tiles = []
    best = next((line for line in lines if line.rank == 1), None)
    if best is not None:
        tiles.append(
            (
                f"Lowest validation {task.loss.words}",
                number(best.loss.mean),
                shown(best.name, 40),
            )
        )
        share = task.score == ACCURACY and best.score.mean is not None
        score = f"{100 * (best.score.mean or 0):.1f} %" if share else number(best.score.mean)
        tiles.append((f"Its {task.score.words}", score, "on validation rows"))
    verdicts = [line.verdict for line in lines if line.verdict]
    if verdicts:
        overfit = sum(one.label == "overfit" and not one.undecided for one in verdicts)
        rest = [told for label, told in label_counts(verdicts).items() if label != "overfit"]
        tiles.append(
            (
                LOOKS["overfit"].word,
                f"{overfit} of {len(verdicts)}",
                ", ".join(rest) or "all of them",
            )
        )
    rows = document.data
    tiles.append(
        ("Training rows", f"{rows.train_rows:,}", f"{rows.validation_rows:,} for validation")
    )
    return tiles


VIEW = View(__name__, title="What came out", order=0, content=content)
