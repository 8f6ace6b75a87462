"""A callback of Keras."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch


def keras_callback(watch: Watch) -> Any:
    """The callback: Keras' own class with these hooks."""
    from keras.callbacks import Callback  # pyright: ignore[reportMissingImports]

    return type("KerasCallback", (_Hooks, Callback), {})(watch)


class _Hooks:
    """What Keras calls."""

    model: Any

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.watch.take(logs or {}, epoch):
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        del logs
        self.watch.finish()
