"""What some learners have beside the protocol of all, and is asked of those alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from fitscope.task import Task


@runtime_checkable
class Choosy(Protocol):
    """A learner that cannot learn every task."""

    def check_task(self, task: Task) -> None:
        """Make sure that it can learn a task.

        Raises:
            UserError: it cannot.
        """
        ...


@runtime_checkable
class Aiming(Protocol):
    """A learner that may aim at something else than the loss that it is judged by."""

    def aims_elsewhere(self, task: Task) -> str:
        """Why its loss does not tell whether it has learnt anything; empty where it does."""
        ...


@runtime_checkable
class Picky(Protocol):
    """A learner that may be unable to learn from rows that count unequally."""

    def check_weights(self) -> None:
        """Make sure that it takes what each row counts.

        Raises:
            UserError: it does not.
        """
        ...


@runtime_checkable
class Hungry(Protocol):
    """A learner that may need much memory."""

    def memory(self, rows: int) -> float:
        """Bytes that a run on so many training rows needs at least, as far as is known."""
        ...
