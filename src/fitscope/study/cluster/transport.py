"""What carries calls to the machines of a cluster; `on_ray.py` is the one there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fitscope.data.split import Split


class Lost(Exception):
    """A machine, or the process on it, is not there any more."""


@dataclass(frozen=True)
class Found:
    """A machine that a transport knows.

    Attributes:
        key: tells machines apart.
        name: for people.
        cores: that it offers.
    """

    key: str
    name: str
    cores: int


class Remote(Protocol):
    """A `Node` somewhere else."""

    def tell(self, method: str, *values: Any) -> None:
        """Have a method called, in the order in which calls are made; nobody waits for it."""
        ...

    def ask(self, method: str) -> Any:
        """What a method returns. It may be called beside others.

        Raises:
            Lost: the node is not there any more.
        """
        ...

    def end(self) -> None:
        """Have nothing of it left."""
        ...


class Transport(Protocol):
    """What starts nodes on machines and carries calls to them."""

    def start(self) -> None:
        """Reach the cluster, or start one."""
        ...

    def found(self) -> list[Found]:
        """The machines that are there now."""
        ...

    def node(self, machine: Found, keep: float) -> Remote:
        """Start a `Node` on a machine, with all its cores."""
        ...

    def share(self, split: Split) -> Any:
        """What stands for rows in `Remote.tell`, so that they go to each machine once."""
        ...

    def stop(self) -> None:
        """Leave the cluster, or end it if it was started."""
        ...
