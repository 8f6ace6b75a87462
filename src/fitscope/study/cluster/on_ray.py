"""Ray as the transport: one actor a machine, which holds all its cores.

Nothing is sent anywhere but to the cluster: usage reports, dashboard and logs are off.
"""

# pyright: reportMissingImports=false
# Ray is an extra; whoever has it installed gets here, and nobody else.

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError, reason
from fitscope.files import scratch
from fitscope.process import available_cores
from fitscope.study.cluster.node import Node
from fitscope.study.cluster.transport import Found, Lost

if TYPE_CHECKING:
    from fitscope.data.split import Split

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
RAISED = re.compile(r"(?!ray\.)[\w.]+(Error|Exception): \S")
TEMPORARY, PREFIX = "/tmp", "fs-ray-"
PRINTS = "print_to_stdstream"
NEWS = "news"  # a group of its own: these calls may wait while others come
REACHED = 10.0  # seconds for the head of a cluster to answer
ENDING = 5.0  # seconds for nodes to end their workers and remove their files


class Ray:
    """The transport.

    Args:
        address: of a cluster that runs; None starts one on this machine, of its cores, which ends
            with the study. A connection that the caller has made is used, and left as it is.
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = address
        self._ours = False
        self._open = ExitStack()

    def start(self) -> None:
        """Reach the cluster, or start one.

        Raises:
            UserError: it cannot be reached.
        """
        os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
        import ray

        if ray.is_initialized():
            return
        logging.getLogger("ray").setLevel(logging.ERROR)
        quiet = {"log_to_driver": False, "logging_level": "error", "configure_logging": False}
        try:
            with _signals_kept():
                if self._address is not None:
                    _answers(self._address)
                    ray.init(address=self._address, **quiet)
                else:
                    # a short name, because sockets lie in it; gone at the end, with Ray's logs
                    short = TEMPORARY if os.path.isdir(TEMPORARY) else None
                    folder = self._open.enter_context(scratch(PREFIX, short))
                    ray.init(
                        address="local",
                        num_cpus=available_cores(),
                        include_dashboard=False,
                        _temp_dir=str(folder),
                        # its measure against full memory would end the node, not what fills it
                        _system_config={"memory_monitor_refresh_ms": 0},
                        **quiet,
                    )
        except (ConnectionError, OSError, RuntimeError, ValueError, TimeoutError) as error:
            self._open.close()
            where = "here" if self._address is None else f"at {self._address}"
            raise UserError(f"no Ray cluster can be reached {where} ({reason(error)})") from None
        self._ours = True
        self._quiet = _Silence()

    def found(self) -> list[Found]:
        """The machines of the cluster that offer cores."""
        import ray

        alive = [node for node in ray.nodes() if node["Alive"]]
        alive = [node for node in alive if node["Resources"].get("CPU", 0) >= 1]
        hosts = Counter(node["NodeManagerHostname"] for node in alive)
        return [
            Found(
                node["NodeID"],
                _name(node["NodeManagerHostname"], node["NodeID"], hosts),
                int(node["Resources"]["CPU"]),
            )
            for node in alive
        ]

    def node(self, machine: Found, keep: float) -> RayNode:
        """Start a `Node` on a machine; it begins when all cores of the machine are free."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node_id=machine.key, soft=False)
        actor = (
            ray.remote(concurrency_groups={NEWS: 1})(Node)
            .options(num_cpus=machine.cores, scheduling_strategy=there, max_restarts=0)
            .remote(keep)
        )
        return RayNode(actor)

    def share(self, split: Split) -> Any:
        """The rows in the cluster's store, from which each machine fetches them once."""
        import ray

        return ray.put(split)

    def stop(self) -> None:
        """Leave the cluster, or end it if it was started here."""
        import ray

        if self._ours:
            with _signals_kept():
                ray.shutdown()
            self._quiet.end()
        self._open.close()


class RayNode:
    """A `Node` in an actor."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def tell(self, method: str, *values: Any) -> None:
        """Have a method called."""
        from ray.exceptions import RayError

        with suppress(RayError):  # that it is lost is heard where somebody listens
            getattr(self._actor, method).remote(*values)

    def ask(self, method: str) -> Any:
        """What a method returns.

        Raises:
            Lost: the actor has ended, or never began.
        """
        import ray
        from ray.exceptions import RayError

        if not ray.is_initialized():  # a call would start a cluster of its own
            raise Lost("the study has ended")
        called = getattr(self._actor, method)
        try:
            return ray.get(called.options(concurrency_group=NEWS).remote())
        except RayError as error:
            raise Lost(_why(error)) from None

    def end(self) -> None:
        """Have its workers ended and its files removed, then end it."""
        import ray
        from ray.exceptions import RayError

        if not ray.is_initialized():
            return
        with suppress(RayError):
            ray.get(self._actor.close.remote(), timeout=ENDING)
        with suppress(RayError):
            ray.kill(self._actor)


class _Silence:
    """Keeps off standard output what Ray has to say of lost machines, whatever its settings.

    It is pages of a log, in the middle of what a study prints; what matters of it `Lost` tells.
    """

    def __init__(self) -> None:
        from ray._private import worker

        self._worker, self._usual = worker, getattr(worker, PRINTS, None)
        if self._usual is not None:
            setattr(worker, PRINTS, lambda *_, **__: None)

    def end(self) -> None:
        """From now on it prints again."""
        if self._usual is not None:
            setattr(self._worker, PRINTS, self._usual)


def _why(error: Exception) -> str:
    """Why an actor is lost: the error that it ended with, if Ray tells one."""
    raised = [line for line in str(error).splitlines() if RAISED.match(line)]
    return raised[-1] if raised else "its process there is not to be reached any more"


def _answers(address: str) -> None:
    """Make sure that somebody listens there: Ray itself would try for minutes.

    Raises:
        UserError: it is an address of Ray's client.
        OSError: nobody answers.
    """
    if address.startswith("//"):
        raise UserError(
            f"ray:{address}: Ray's client cannot carry a study; start it on a machine of the "
            "cluster, with --executor ray:HOST:PORT or ray:auto"
        )
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), REACHED).close()


def _name(host: str, key: str, hosts: Counter[str]) -> str:
    return host if hosts[host] == 1 else f"{host}-{key[:4]}"


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself; whoever started the study wants it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
