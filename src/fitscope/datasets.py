"""Ready-made rows: `fitscope.datasets.higgs()` and `fitscope.datasets.simulated_higgs()`."""

from fitscope.higgs.rows import FEATURE_NAMES, higgs
from fitscope.higgs.simulated import simulated_higgs

__all__ = ["FEATURE_NAMES", "higgs", "simulated_higgs"]
