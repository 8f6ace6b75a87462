"""What `gpu.py` found, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any


def model(stored: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is kept of a model of results.json."""
    mine = [run for run in runs if run["model"] == stored["name"]]
    verdict = stored["verdict"]
    loss = next(name for name in ("val_binary_crossentropy", "val_loss") if name in stored["best"])
    return {
        "verdict": verdict and verdict["verdict"],
        "confidence": verdict and verdict["confidence"],
        "best loss": stored["best"][loss],
        "best accuracy": stored["best"].get("val_accuracy"),
        "epochs": [run["epochs"] for run in mine],
        "best epochs": [run["best_epoch"] for run in mine],
        "seconds": [run["seconds"] for run in mine],
    }


def table(name: str, part: Mapping[str, Any]) -> str:
    """The lines of one part."""
    if "failed" in part:
        return f"  failed: {part['failed']}"
    if name == "machine":
        return "\n".join(f"  {key}: {value}" for key, value in part.items())
    if name.startswith("epochs"):
        return _epochs(part["models"])
    if name in ("same numbers", "population losses"):
        return "\n".join(f"  {key}: {value}" for key, value in part["models"].items())
    lines = [f"  wall {part['wall']:.1f} s on {part['device']}, {part.get('trained in', '')}"]
    return "\n".join([*lines, *(f"  {key:14}{_line(one)}" for key, one in part["models"].items())])


def verdicts(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Verdicts and best losses of all guides, side by side."""
    guides = {
        name.removeprefix("guide "): part["models"]
        for name, part in parts.items()
        if name.startswith("guide") and "models" in part
    }
    names = list(dict.fromkeys(name for models in guides.values() for name in models))
    lines = ["  ".join([f"{'':10}", *(f"{name:26}" for name in guides)])]
    for name in names:
        cells = []
        for models in guides.values():
            one = models.get(name)
            cells.append(f"{'' if one is None else _short(one):26}")
        lines.append("  ".join([f"{name:10}", *cells]))
    return "\n".join(lines)


def _short(one: Mapping[str, Any]) -> str:
    loss, error = one["best loss"]
    told = "none" if loss is None else f"{loss:.4f}"
    return f"{one['verdict']} {100 * (one['confidence'] or 0):.0f} % {told}" + (
        "" if error is None else f" ± {error:.4f}"
    )


def _line(one: Mapping[str, Any]) -> str:
    return (
        f"{_short(one):34} epochs {min(one['epochs'])} to {max(one['epochs'])}, "
        f"{mean(one['seconds']):.2f} s a run or population"
    )


def _epochs(models: Mapping[str, Any]) -> str:
    lines = ["            runs   ms an epoch      rest   peak memory so far"]
    for name, timed in models.items():
        for runs, one in timed.items():
            peak = one["peak so far"]
            told = "unknown" if peak is None else f"{peak / 2**20:,.0f} MiB"
            lines.append(
                f"  {name:10}{runs:>4}{1e3 * one['epoch']:14.3f}{one['rest']:19.1f} s   {told}"
            )
    return "\n".join(lines)
