"""Keras `fit` on its JAX backend, with the rows as NumPy arrays."""

from __future__ import annotations

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
from guide import BATCH, MODELS, load
from keras_model import Laps, compiled
from turns import Watch, serve

x, y, x_validation, y_validation = load(sys.argv[1])
models = {name: compiled(model) for name, model in MODELS.items()}


def turn(name: str, watch: Watch) -> None:
    models[name].fit(
        x,
        y[:, None],
        batch_size=BATCH,
        epochs=1_000_000,
        validation_data=(x_validation, y_validation[:, None]),
        validation_batch_size=BATCH,
        callbacks=[Laps(watch)],
        verbose=0,
    )


serve({"keras": keras.__version__, "jax": jax.__version__}, turn)
