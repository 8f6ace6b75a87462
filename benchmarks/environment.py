"""The machine, and environments of their own for the others: TensorFlow, PyTorch, RealMLP."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

TORCH = "torch==2.13.*"
PEERS = ["tensorflow-cpu==2.21.*", "keras>=3.10", "pandas", "polars", "pyarrow"]
TABLES = ["pytabkit==1.7.*", "pandas", "pyarrow", "scikit-learn"]
TORCH_FOR_CPU = "https://download.pytorch.org/whl/cpu"


def build_peers(folder: Path, jax_version: str) -> str:
    """Make the peers' environment unless it is there; returns its Python.

    JAX is the version that fitscope runs on, so that Keras on JAX is compared on equal terms.
    """
    return _build(folder, [*PEERS, f"jax=={jax_version}", TORCH])


def build_tables(folder: Path) -> str:
    """Make the environment of RealMLP unless it is there; returns its Python."""
    return _build(folder, [*TABLES, TORCH])


def _build(folder: Path, wanted: list[str]) -> str:
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(wanted):
        return str(python)
    print(f"building {folder} with {', '.join(wanted)} (once, some minutes)", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # PyTorch's own index has builds without CUDA, which are ten times smaller
    small = ["--extra-index-url", TORCH_FOR_CPU] if _answers(TORCH_FOR_CPU) else []
    subprocess.run([*install, *small, TORCH], check=True)
    subprocess.run([*install, *wanted], check=True)
    stamp.write_text("\n".join(wanted))
    return str(python)


def machine() -> dict[str, str]:
    """What the figures depend on."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    cpu, flags = _processor()
    wide = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if name in flags]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{cpu} ({', '.join(wide) or 'vector instructions unknown'})",
        "cores": str(cores),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def load() -> float:
    """Processes that wait for a core, averaged over a minute: noise in the figures."""
    return os.getloadavg()[0]


def _processor() -> tuple[str, set[str]]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine(), set()
    fields = {key.strip(): value.strip() for key, _, value in (x.partition(":") for x in lines)}
    return fields.get("model name", platform.machine()), set(fields.get("flags", "").split())


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/torch/", timeout=10).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
