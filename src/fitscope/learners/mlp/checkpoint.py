"""Checkpoints: the carry of the compiled loop and what the host has gathered, in one npz file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np

from fitscope.files import replacing
from fitscope.learners.kept_rows import KeptRows
from fitscope.learners.mlp.carry import Carry


@dataclass(frozen=True)
class Saved:
    """Training up to some epoch.

    Attributes:
        carry: state of the compiled loop.
        seconds: training time so far.
        members: metrics and per-row losses of each run.
    """

    carry: Carry
    seconds: float
    members: list[tuple[np.ndarray, KeptRows]]


def write(path: Path, signature: dict[str, Any], saved: Saved) -> None:
    """Write the checkpoint, whole or not at all.

    Raises:
        UserError: it cannot be written (no space left, say).
    """
    arrays: dict[str, np.ndarray] = {
        f"carry{number}": np.asarray(leaf)
        for number, leaf in enumerate(jax.tree.leaves(saved.carry))
    }
    meta = {"signature": signature, "seconds": saved.seconds, "members": len(saved.members)}
    for number, (metrics, rows) in enumerate(saved.members):
        arrays[f"metrics{number}"] = metrics
        arrays |= {f"{name}.{number}": array for name, array in rows.as_arrays().items()}
    arrays["meta"] = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8)
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read(path: Path, signature: dict[str, Any], like: Carry) -> Saved | None:
    """The checkpoint at `path`; None if there is none, it is damaged or of another training.

    Args:
        path: the file.
        signature: model, plan, rows and seed that it must have been written with.
        like: a carry of the same structure.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        meta = json.loads(arrays["meta"].tobytes())
        if meta["signature"] != json.loads(json.dumps(signature)):
            return None
        leaves, structure = jax.tree.flatten(like)
        found = [jax.numpy.asarray(arrays[f"carry{number}"]) for number in range(len(leaves))]
        if any(
            a.shape != b.shape or a.dtype != b.dtype for a, b in zip(found, leaves, strict=True)
        ):
            return None
        members = []
        for number in range(meta["members"]):
            ending = f".{number}"
            rows = {
                name.removesuffix(ending): array
                for name, array in arrays.items()
                if name.endswith(ending)
            }
            members.append((arrays[f"metrics{number}"], KeptRows.from_arrays(rows)))
    except Exception:  # damage makes NumPy and zipfile raise nearly anything
        return None
    return Saved(jax.tree.unflatten(structure, found), meta["seconds"], members)
