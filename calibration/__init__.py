"""Simulations behind the figures in docs/how-verdicts-work.md; `make calibrate` runs them."""
