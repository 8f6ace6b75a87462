"""Where a study is trained: on the processor's cores, or on a GPU that JAX finds."""

from __future__ import annotations

import os
import queue
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.study.provenance import processor
from fitscope.study.worker_process import Worker

DEVICES = ("auto", "cpu", "gpu")
MOST_PROGRAMS = {"gpu": 1_000_000_000, "cpu": 100_000_000}
"""Bytes of compiled programs that are kept; those unused for longest go first."""


def choose_device(wanted: str) -> str:
    """ "cpu" or "gpu": what `--device` asks for, or for "auto" a GPU if JAX can use one.

    Raises:
        UserError: a GPU is asked for and JAX has none.
    """
    if wanted not in DEVICES:
        raise UserError(f"device must be one of {', '.join(DEVICES)}, got {wanted!r}")
    plugins = [f"jax_{kind}_plugin" for kind in ("cuda12", "cuda13", "rocm60", "rocm7")]
    possible = any(find_spec(plugin) for plugin in plugins)
    if wanted == "cpu" or (wanted == "auto" and not possible):
        return "cpu"
    answer = asked("platform", {}) if possible else None
    if answer is not None and answer["platform"] == "gpu":
        return "gpu"
    if wanted == "auto":
        return "cpu"
    raise UserError(
        "this study needs a GPU (--device gpu) and JAX finds none here; install its support "
        "with: pip install 'fitscope[cuda]', or start a study with --device cpu"
    )


def worker_environment(device: str, threads: int) -> dict[str, str]:
    """What fixes a worker's device and threads; XLA sizes its thread pool by NPROC."""
    if device == "gpu":
        return {
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # a notebook may have opened it already
            # not TF32, which has 10 bits of fraction: runs end elsewhere then than on a CPU
            "JAX_DEFAULT_MATMUL_PRECISION": "float32",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            **kept_programs("gpu", threads),
        }
    return {
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "",  # PyTorch takes a GPU where it sees one
        "NPROC": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def environment_of(
    wide: bool, threads: int, device: str, programs: Path, keep: bool = True
) -> dict[str, str]:
    """The environment of a worker for wide jobs, or for those of one core.

    Args:
        wide: whether it is for wide jobs, which alone use a GPU.
        threads: that it computes with.
        device: "cpu" or "gpu".
        programs: folder in which workers share what they compile where it is not kept for later
            studies: to compile a small network takes longer than to train it.
        keep: whether it is kept.
    """
    if wide and device == "gpu":
        return worker_environment(device, threads)
    chosen = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    kept = kept_programs("cpu", threads) if keep else {}
    found = kept or shared_programs(Path(chosen) if chosen else programs / str(threads))
    return worker_environment("cpu", threads) | found


def shared_programs(folder: Path) -> dict[str, str]:
    """What makes workers of equal threads find in a folder what another one has compiled.

    A program that was found computes the same bits as one compiled anew. One that is written just
    now, or cut off, is compiled as if it were not there.
    """
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder.resolve()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def kept_programs(device: str, threads: int) -> dict[str, str]:
    """What makes studies find what earlier ones of this user have compiled.

    Compiling takes longer than training a small network, and on a GPU, where XLA tries many kernels
    for each product, than training any. Programs are executed, so they lie in the user's own cache
    folder, never in one that others may share; those for a processor apart from those for another
    one, or for another number of threads. Empty where nothing can be kept there, or where the user
    has chosen a folder for JAX.
    """
    from platformdirs import user_cache_path

    if os.environ.get("JAX_COMPILATION_CACHE_DIR"):
        return {}
    folder = user_cache_path("fitscope", appauthor=False, opinion=False) / "programs"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if device == "cpu":
            folder = folder / f"{processor()}-{threads}"
            folder.mkdir(mode=0o700, exist_ok=True)
        remove_unfinished(folder)
    except OSError:
        return {}
    return {
        **shared_programs(folder),
        "JAX_COMPILATION_CACHE_MAX_SIZE": str(MOST_PROGRAMS[device]),
    }


def remove_unfinished(folder: Path) -> None:
    """Remove programs whose writer was killed; JAX would neither use nor replace them.

    JAX writes a program, then when it was used, and holds a lock meanwhile. While somebody else
    holds it nothing is removed.

    Raises:
        OSError: one may not write there, or the file system has no locks.
    """
    from filelock import FileLock, Timeout

    with suppress(Timeout), FileLock(folder / ".lockfile").acquire(timeout=0.2):
        for program in folder.glob("*-cache"):
            if not program.with_name(program.name.removesuffix("-cache") + "-atime").exists():
                program.unlink(missing_ok=True)


def asked(what: str, environment: Mapping[str, str], **shapes: Any) -> dict[str, Any] | None:
    """What a worker finds out, in a process that ends at once and frees the device.

    Args:
        what: "platform", the one that JAX finds, or "gain", of bfloat16 products.
        environment: of the process.
        shapes: of the products that are timed; see `fitscope.learners.mlp.half.gain`.

    Returns:
        The answer under that name; None if the process could not tell.
    """
    events: queue.SimpleQueue = queue.SimpleQueue()
    worker = Worker(True, events, environment, Path())
    worker.give({"probe": what, **shapes})
    event = {"event": "ready"}
    while event and event["event"] == "ready":
        _, event = events.get()
    worker.end()
    return event if event and event["event"] == what else None
