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
    """What Lightning calls; validation comes before the end of its epoch, once or several times."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch
        self._before: dict[str, Any] = {}
        self._of_validation: set[str] = set()

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        del pl_module
        self.watch.silent = not trainer.is_global_zero
        self._of_validation = set()

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        del pl_module
        self._before = dict(trainer.callback_metrics)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """What this validation has measured is new among what Lightning keeps."""
        del pl_module
        if trainer.state.fn != "fit" or trainer.sanity_checking:
            return
        new = {
            name: value
            for name, value in trainer.callback_metrics.items()
            if value is not self._before.get(name)
        }
        self._of_validation |= new.keys()
        self._take(trainer, new)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        del pl_module
        metrics = trainer.callback_metrics
        self._take(trainer, {n: v for n, v in metrics.items() if n not in self._of_validation})

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        del trainer, pl_module
        self.watch.finish()

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps, so that a resumed run is judged as a whole."""
        return self.watch.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.watch.load_state_dict(state_dict)

    def _take(self, trainer: Any, metrics: dict[str, Any]) -> None:
        stop = self.watch.take(metrics, trainer.current_epoch, trainer.global_step)
        # all processes have to stop together, whatever each of them has measured
        if trainer.strategy.reduce_boolean_decision(stop, all=False):
            trainer.should_stop = True
