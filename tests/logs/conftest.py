"""Keras, which writes real logs here, runs on JAX on the CPU."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_platforms", "cpu")
