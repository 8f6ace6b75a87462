"""What an examination says on a terminal or in a pipe while it runs, and at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fitscope.examination.console.closing import print_answer
from fitscope.examination.console.read import print_checks, print_read
from fitscope.examination.progress import Progress
from fitscope.examination.run import Listener
from fitscope.report.console.text import printed

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.data.prepared import Prepared
    from fitscope.study.folder import StoredStudy
    from fitscope.verdicts.check import Check

WIDTH = 80  # of plain text, which may be read anywhere later


@dataclass(frozen=True)
class Screen:
    """Where an examination is shown.

    Attributes:
        console: where to.
        progress: what is done meanwhile.
    """

    console: Console
    progress: Progress

    @property
    def listener(self) -> Listener:
        """What the examination tells."""
        return Listener(self.read, self.checked, self.progress.stage, self.progress.watch)

    def read(self, prepared: Prepared) -> None:
        """What was read, on one screen."""
        printed(partial(print_read, prepared), self.console, WIDTH)

    def checked(self, checks: Sequence[Check]) -> None:
        """What was found in the table."""
        printed(partial(print_checks, checks), self.console, WIDTH)

    def answer(self, stored: StoredStudy) -> None:
        """The answer."""
        self.console.print()
        printed(partial(print_answer, stored), self.console, WIDTH)


def screen(console: Console, budget: float) -> Screen:
    """A screen on a console.

    Args:
        console: where to.
        budget: seconds that the examination may take.
    """
    return Screen(console, Progress(console, budget))
