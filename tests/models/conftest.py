"""Keras is the reference here: on JAX, on the CPU, where fitscope promises the same bits."""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
sys.path.append(str(Path(__file__).parent))  # keras_twin, for the tests of training too

import jax

jax.config.update("jax_platforms", "cpu")
