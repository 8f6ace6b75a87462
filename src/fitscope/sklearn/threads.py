"""How many threads XLA has in this process."""

from __future__ import annotations

import os
from functools import cache


@cache
def hold_threads() -> None:
    """Let XLA start with no more threads than NumPy's libraries have, where it has not yet.

    joblib's worker processes are held to their share of the cores by these libraries' limits, and a
    whole process by OMP_NUM_THREADS or threadpoolctl. XLA reads NPROC once, when it starts.
    """
    import jax
    from threadpoolctl import threadpool_info

    allowed = [pool["num_threads"] for pool in threadpool_info()]
    if not allowed or "NPROC" in os.environ:
        return
    os.environ["NPROC"] = str(min(allowed))
    try:
        jax.devices()
    finally:
        del os.environ["NPROC"]
