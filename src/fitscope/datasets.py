"""Ready-made rows: `fitscope.datasets.higgs()` and `fitscope.datasets.simulated_higgs()`."""

from fitscope.higgs.layout import FEATURE_NAMES
from fitscope.higgs.rows import higgs
from fitscope.higgs.simulated_rows import simulated_higgs

__all__ = ["FEATURE_NAMES", "higgs", "simulated_higgs"]
