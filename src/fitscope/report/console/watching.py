"""The observer that suits the console: a live view on a terminal, plain dots elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.report.console.live import LiveView
from fitscope.report.console.plain import EpochDots
from fitscope.report.precision import precision_note
from fitscope.report.words import shown

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.study.document import StudyDocument


def watching(document: StudyDocument, console: Console) -> LiveView | EpochDots:
    """An observer for `document`'s study; enter it as a context while the study runs.

    Args:
        document: the study that is about to run.
        console: where to show it.

    Returns:
        A live view if the console is a terminal, otherwise plain dots.
    """
    note = precision_note(document)
    if note is not None:
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    if console.is_terminal and not console.is_dumb_terminal:
        features, task = len(document.data.feature_names), document.task
        for entry in document.models:
            console.print(f'\nModel: "{shown(entry.name)}"', markup=False, highlight=False)
            console.print(str(entry.learner.layers(features, task)), markup=False, highlight=False)
        console.print()
        return LiveView(document, console)
    return EpochDots(document, console.file)
