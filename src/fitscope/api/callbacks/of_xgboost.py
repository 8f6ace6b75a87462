"""A callback of XGBoost."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch


def xgboost_callback(watch: Watch) -> Any:
    """The callback: XGBoost's own class with these hooks."""
    from xgboost.callback import TrainingCallback  # pyright: ignore[reportMissingImports]

    return type("XGBoostCallback", (_Hooks, TrainingCallback), {})(watch)


class _Hooks:
    """What XGBoost calls."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        del model
        metrics = {
            f"{rows}/{metric}": _latest(values)
            for rows, sets in evals_log.items()
            for metric, values in sets.items()
        }
        return self.watch.take(metrics, epoch)

    def after_training(self, model: Any) -> Any:
        self.watch.finish()
        return model


def _latest(values: Any) -> Any:
    """The last value; of a cross-validation its mean, which stands before its deviation."""
    last = values[-1]
    return last[0] if isinstance(last, tuple) else last
