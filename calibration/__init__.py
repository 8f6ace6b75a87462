"""Simulations behind the figures of how fitscope judges; `make calibrate` runs them."""
