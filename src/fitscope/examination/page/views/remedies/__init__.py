"""What each remedy bought: paired differences, by the model that it was tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.examination.frames import bought_frame
from fitscope.examination.lines import answer_of, bought, lost_words, told
from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.examination.lines import Bought
    from fitscope.study.answer import Remedy
    from fitscope.study.folder import StoredStudy


FEWEST = 3  # remedies that are shown of a model, whether they are told apart or not


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The lines of the tables; nothing where no remedy was tried."""
    if stored.results.answer is None or not answer_of(stored).remedies:
        return None
    answer = answer_of(stored)
    groups = bought(answer)
    low, high = frame = bought_frame(groups)
    return {
        "groups": [(group, *_first(group)) for group in groups],
        "metric": lost_words(stored.document.task, answer.metric),
        "slugs": {entry.name: entry.slug for entry in stored.document.models},
        "scale": max(-low, high),
        "frame": frame,
        "told": told,
    }


def _first(group: Bought) -> tuple[list[Remedy], list[Remedy]]:
    """What is told apart and the most helpful ones, then the others."""
    first = [
        one
        for rank, one in enumerate(group.remedies)
        if rank < FEWEST or told(one.interval) != "not told apart"
    ]
    rest = [one for one in group.remedies if one not in first]
    return (first, rest) if len(rest) > 1 else (list(group.remedies), [])


VIEW = View(__name__, title="What each remedy bought", order=3, content=content)
