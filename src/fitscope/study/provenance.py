"""What a study was made with: versions of libraries, and the machine."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fitscope.process import available_cores

LIBRARIES = ("fitscope", "jax", "jaxlib", "optax", "numpy", "polars", "scikit-learn")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def machine() -> dict[str, Any]:
    """This machine: its processor, the cores that may be used, its system."""
    return {
        "processor": _processor(),
        "cores": available_cores(),
        "system": f"{platform.system()} {platform.machine()}",
    }


@cache
def processor() -> str:
    """This machine's kind of processor, as a name: programs use all instructions that it has."""
    told = [platform.machine(), platform.processor(), *sorted({*_told("flags", "Features")})]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _processor() -> str:
    for line in _told("model name"):
        return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _told(*begins: str) -> list[str]:
    """Lines that Linux has of each core, by their beginnings; none elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.startswith(begins)]
