"""Histories to verdicts; comparisons; learning-curve fits. Pure NumPy/SciPy: no JAX, no disk."""

from fitscope.diagnosis.history import History, RowLosses
from fitscope.diagnosis.judge import diagnose
from fitscope.diagnosis.verdict import Label, Verdict

__all__ = ["History", "Label", "RowLosses", "Verdict", "diagnose"]
