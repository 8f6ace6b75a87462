"""A callback of Lightning."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fitscope.api.callbacks.watch import Watch
from fitscope.errors import UserError


def lightning_callback(watch: Watch) -> Any:
    """The callback, of whichever of Lightning's two packages is installed.

    Raises:
        UserError: neither is.
    """
    for name in ("lightning.pytorch", "pytorch_lightning"):
        try:
            base = import_module(name).Callback
        except ModuleNotFoundError:
            continue
        return type("LightningCallback", (_Hooks, base), {})(watch)
    raise UserError("fs.callbacks.lightning: neither lightning nor pytorch_lightning is installed")


class _Hooks:
    """What Lightning calls; validation comes before the end of its epoch."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        del pl_module
        if self.watch.take(trainer.callback_metrics, trainer.current_epoch, trainer.global_step):
            trainer.should_stop = True

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        del trainer, pl_module
        self.watch.finish()
