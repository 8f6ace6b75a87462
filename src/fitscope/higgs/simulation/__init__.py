"""Simulated collisions: the two processes behind the HIGGS data set, in the same 28 columns.

Nothing here is real data; docs/simulation.md says what is simulated and how well.
"""

from fitscope.higgs.simulation.events import BLOCK, block

__all__ = ["BLOCK", "block"]
