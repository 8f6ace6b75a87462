"""Keras on JAX, as everywhere in these tests."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
