"""How many threads a fit in this process may use."""

from __future__ import annotations


def one_core(work: float) -> bool:
    """Whether a run keeps to a single thread: small ones do, and where there is no second one.

    What threadpoolctl tells NumPy's libraries is heeded: joblib's workers are held to their share
    by it, and so is a block with `threadpool_limits(1)`.

    Args:
        work: floating-point operations of a step, see `fitscope.learners.base.Learner.work`.
    """
    from threadpoolctl import threadpool_info

    from fitscope.study.jobs import is_wide

    if not is_wide(work):
        return True
    return min((pool["num_threads"] for pool in threadpool_info()), default=2) == 1
