"""What the study found, in plain words, and the few numbers to keep in mind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fitscope.report.look import LOOKS
from fitscope.report.notices import notices
from fitscope.report.page.lines import Line, ranked
from fitscope.report.page.view import View
from fitscope.report.words import duration, number, shown

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """Headline, the sentences below it, notices and tiles."""
    document = stored.document
    lines = ranked(stored)
    advice = stored.results.get("advice") or []
    found = advice[0] if advice else _fallback(stored, lines)
    return {
        "kicker": f"fitscope · {document.created[:16].replace('T', ' ')}",
        "headline": found["title"],
        "text": found.get("text") or "",
        "confidence": found.get("confidence"),
        "more": advice[1:6],
        "notices": notices(document),
        "tiles": _tiles(stored, lines),
    }


def _fallback(stored: StoredStudy, lines: list[Line]) -> dict[str, Any]:
    """What can be said where nothing has been diagnosed: no more than the scores hold."""
    rows = f"{stored.document.data.validation_rows:,} validation rows"
    done = [line for line in lines if line.rank is not None]
    if not stored.results["runs"]:
        return {
            "title": "No run of this study has finished yet",
            "text": "The page fills with the first finished run. If the study was interrupted, its "
            "command with --resume goes on where it stopped.",
        }
    if not done:
        return {"title": f"{len(lines)} models on {rows}, and none of them has a score"}
    best = done[0]
    assert best.score is not None
    name = shown(best.entry.name, 80)
    if len(lines) == 1:
        return {"title": f"{name} on {rows}: cross-entropy {best.score.crossentropy}"}
    return {
        "title": f"{name} reached the lowest validation cross-entropy of {len(done)} models: "
        f"{best.score.crossentropy} on {stored.document.data.validation_rows:,} rows"
    }


def _tiles(stored: StoredStudy, lines: list[Line]) -> list[tuple[str, str, str]]:
    """Heading, figure and a note for each tile."""
    document, runs = stored.document, stored.results["runs"]
    tiles = []
    best = lines[0] if lines else None
    if best is not None and best.score is not None and best.rank:
        tiles.append(
            (
                "Lowest validation cross-entropy",
                number(best.score.crossentropy.mean),
                shown(best.entry.name, 40),
            )
        )
        tiles.append(
            ("Its accuracy", f"{100 * best.score.accuracy.mean:.1f} %", "on validation rows")
        )
    labels = Counter(line.verdict["verdict"] for line in lines if line.verdict)
    if labels:
        overfit = labels.get("overfit", 0)
        rest = [f"{labels[key]} {LOOKS[key].word.lower()}" for key in LOOKS if labels.get(key)]
        tiles.append(
            (
                "Overfit",
                f"{overfit} of {sum(labels.values())}",
                ", ".join(part for part in rest if not part.endswith("overfit")) or "all of them",
            )
        )
    wanted = len(document.models) * document.repeats
    done = f"{len(runs):,}" if len(runs) == wanted else f"{len(runs):,} of {wanted:,}"
    seconds = duration(sum(run["seconds"] for run in runs))
    tiles.append(("Runs", done, f"{stored.histories.height:,} epochs, {seconds} of training"))
    rows = document.data
    tiles.append(
        ("Training rows", f"{rows.train_rows:,}", f"{rows.validation_rows:,} for validation")
    )
    return tiles


VIEW = View(__name__, title="What came out", order=0, content=content)
