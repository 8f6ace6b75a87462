"""When training stops: `Plan(stopping=...)` takes either rule.

Example:
    >>> from fitscope.training.plan import Plan
    >>> plan = Plan(stopping=Verdict(worth=0.002))
"""

from fitscope.diagnosis.stopping import Look, Stopper, Verdict
from fitscope.training.plan import EarlyStopping

__all__ = ["EarlyStopping", "Look", "Stopper", "Verdict"]
