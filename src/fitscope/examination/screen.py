"""What an examination says on a terminal or in a pipe while it runs, and at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.examination.progress import Progress
from fitscope.examination.run import Listener

if TYPE_CHECKING:
    from rich.console import Console

    from fitscope.data.prepared import Prepared
    from fitscope.study.folder import StoredStudy
    from fitscope.verdicts.check import Check


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
        parts = prepared.parts[0]
        self._print(
            f"{len(prepared.y):,} rows from {prepared.table.source}: {len(parts.train):,} train, "
            f"{len(parts.validation):,} validate, {len(prepared.y_test):,} test"
        )
        for column in prepared.columns:
            self._print(f"  {column.name}: {column.kind}, {column.treatment}")
        for note in prepared.notes:
            self._print(note)

    def checked(self, checks: Sequence[Check]) -> None:
        """What was found in the table."""
        for check in checks:
            self._print(f"{check.code} {check.severity}: {check.title}. {check.text}")

    def answer(self, stored: StoredStudy) -> None:
        """The answer."""
        found = stored.results.answer
        assert found is not None
        self._print(f"\n{found.words}")
        for said in found.left_out:
            self._print(f"Left out: {said}")

    def _print(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False)


def screen(console: Console, budget: float) -> Screen:
    """A screen on a console.

    Args:
        console: where to.
        budget: seconds that the examination may take.
    """
    return Screen(console, Progress(console, budget))
