"""tf.keras `fit` on the guide's own pipeline: CsvDataset, shuffle, repeat, batch.

Without the guide's callbacks (dots, early stopping, TensorBoard), which only cost more time.
"""

from __future__ import annotations

import sys

import keras
import tensorflow as tf
from guide import BATCH, FEATURES, MODELS, STEPS, TRAIN, VALIDATION
from keras_model import Laps, compiled
from turns import Watch, serve


def pack_row(*row):
    return tf.stack(row[1:], 1), row[0]


def widen(x, y):
    return x, tf.expand_dims(y, axis=-1)


rows = tf.data.experimental.CsvDataset(sys.argv[1], [0.0] * (FEATURES + 1), "GZIP")
packed = rows.batch(10_000).map(pack_row).unbatch()
validate = packed.take(VALIDATION).cache().batch(BATCH)
train = packed.skip(VALIDATION).take(TRAIN).cache().shuffle(TRAIN).repeat().batch(BATCH)
models = {name: compiled(model) for name, model in MODELS.items()}


def turn(name: str, watch: Watch) -> None:
    models[name].fit(
        train.map(widen),
        steps_per_epoch=STEPS,
        epochs=1_000_000,
        validation_data=validate.map(widen),
        callbacks=[Laps(watch)],
        verbose=0,
    )


serve({"tensorflow": tf.__version__, "keras": keras.__version__}, turn)
