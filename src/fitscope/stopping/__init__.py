"""When training stops: `Plan(stopping=...)` takes either rule.

Example:
    >>> from fitscope.learners.mlp.plan import Plan
    >>> plan = Plan(stopping=EvidenceStopping(worth=0.002))
"""

from __future__ import annotations

import warnings
from typing import Any

from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import EvidenceStopping, Sighting, Stopper

__all__ = ["EarlyStopping", "EvidenceStopping", "Sighting", "Stopper"]


def __getattr__(name: str) -> Any:
    """`Verdict` was the name of `EvidenceStopping` in version 0.1; a verdict is a result now."""
    if name == "Verdict":
        warnings.warn(
            "fitscope.stopping.Verdict is called EvidenceStopping now",
            DeprecationWarning,
            stacklevel=2,
        )
        return EvidenceStopping
    raise AttributeError(f"module 'fitscope.stopping' has no attribute {name!r}")
