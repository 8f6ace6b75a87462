"""What an executor's name stands for: this machine, or a cluster of Ray's."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.process import free_memory
from fitscope.study.machines import Machines, ThisMachine

LOCAL = "local"
RAY = "ray"


def check_executor(executor: Any) -> str:
    """The name of an executor.

    Raises:
        UserError: there is none of that name, or what it needs is not installed.

    Example:
        >>> check_executor("local")
        'local'
        >>> check_executor("dask")
        Traceback (most recent call last):
        fitscope.errors.UserError: executor must be local, ray or ray:ADDRESS, got 'dask'
    """
    if executor == LOCAL:
        return executor
    name, colon, address = executor.partition(":") if isinstance(executor, str) else ("", "", "")
    if name != RAY or bool(colon) != bool(address):
        raise UserError(f"executor must be local, ray or ray:ADDRESS, got {executor!r}")
    from importlib.util import find_spec

    if find_spec("ray") is None:
        raise UserError(f"executor {executor} needs Ray; pip install 'fitscope[ray]'")
    return executor


def memory_of(executor: str, device: str) -> float:
    """Free bytes of the machine that trains; infinity where they are not known beforehand.

    Example:
        >>> memory_of("ray", "cpu"), memory_of("local", "gpu")
        (inf, inf)
    """
    return free_memory() if executor == LOCAL and device == "cpu" else math.inf


def machines_of(executor: str, device: str, folder: Path, most: int | None) -> Machines:
    """The machines that an executor trains on.

    Args:
        executor: its name, checked.
        device: "cpu" or "gpu".
        folder: the study folder.
        most: how many runs go side by side at most; None sets no limit.

    Raises:
        UserError: they cannot train on that device.
    """
    if executor == LOCAL:
        return ThisMachine(device, folder, most)
    if device != "cpu":
        raise UserError("on Ray runs are trained on CPUs; leave --executor out, or --device cpu")
    from fitscope.study.cluster.machines import Cluster
    from fitscope.study.cluster.on_ray import Ray

    address = executor.partition(":")[2]
    return Cluster(Ray(address or None), folder, most)
