"""Keras is the reference here: on JAX, on the CPU, where fitscope promises the same bits."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_platforms", "cpu")
