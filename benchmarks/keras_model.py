"""The guide's models in Keras, for both of its backends here."""

from __future__ import annotations

import keras
from guide import DECAY_STEPS, FEATURES, LEARNING_RATE, Model
from keras import layers, regularizers
from turns import Watch


def compiled(model: Model) -> keras.Model:
    """The network with the guide's optimizer, loss and metrics."""
    network = keras.Sequential([layers.Input((FEATURES,))])
    for units in model.hidden:
        penalty = regularizers.L2(model.l2) if model.l2 else None
        network.add(layers.Dense(units, activation="elu", kernel_regularizer=penalty))
        if model.dropout:
            network.add(layers.Dropout(model.dropout))
    network.add(layers.Dense(1))
    rate = keras.optimizers.schedules.InverseTimeDecay(LEARNING_RATE, DECAY_STEPS, 1)
    network.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="binary_crossentropy"),
            "accuracy",
        ],
    )
    return network


class Laps(keras.callbacks.Callback):
    """Laps the watch at the end of every epoch, which is after its validation."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_epoch_end(self, epoch, logs=None):  # noqa: ARG002
        self.watch.lap()
        if self.watch.enough:
            self.model.stop_training = True
