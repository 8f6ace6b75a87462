"""When training stops: `Plan(stopping=...)` takes either rule.

Example:
    >>> from fitscope.learners.mlp.plan import Plan
    >>> plan = Plan(stopping=Verdict(worth=0.002))
"""

from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import Look, Stopper, Verdict

__all__ = ["EarlyStopping", "Look", "Stopper", "Verdict"]
