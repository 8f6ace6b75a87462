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
from fitscope.learners.mlp.engine import Carry


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
    meta: dict[str, Any] = {"signature": signature, "seconds": saved.seconds, "members": []}
    for number, (metrics, rows) in enumerate(saved.members):
        epochs, losses, scores = rows.kept()
        arrays |= {f"metrics{number}": metrics, f"epochs{number}": epochs, f"rows{number}": losses}
        if scores is not None:
            arrays[f"scores{number}"] = scores
        ends = [pair[0] if pair else None for pair in (rows.best, rows.last)]
        meta["members"].append({"stride": rows.stride, "ends": ends})
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
        for number, described in enumerate(meta["members"]):
            names = (f"rows{number}", f"scores{number}")
            parts = [arrays[name] for name in names if name in arrays]
            rows = KeptRows(parts[0].shape[1])
            at = dict(
                zip(arrays[f"epochs{number}"].tolist(), zip(*parts, strict=True), strict=True)
            )
            rows.stride = described["stride"]
            rows.spread = {e: x for e, x in at.items() if e % rows.stride == 0}
            rows.best, rows.last = (
                None if end is None else (end, at[end]) for end in described["ends"]
            )
            members.append((arrays[f"metrics{number}"], rows))
    except Exception:  # damage makes NumPy and zipfile raise nearly anything
        return None
    return Saved(jax.tree.unflatten(structure, found), meta["seconds"], members)
