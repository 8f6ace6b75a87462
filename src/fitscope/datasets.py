"""Ready-made splits: `fitscope.datasets.higgs()`."""

from fitscope.data.higgs import higgs

__all__ = ["higgs"]
