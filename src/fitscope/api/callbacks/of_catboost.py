"""A callback of CatBoost."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch


class CatBoostCallback:
    """Judges after each round; CatBoost calls it."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def after_iteration(self, info: Any) -> bool:
        """CatBoost calls this; False ends the training."""
        metrics = {
            f"{rows}/{metric}": values[-1]
            for rows, sets in info.metrics.items()
            for metric, values in sets.items()
            if len(values)
        }
        return not self.watch.take(metrics, info.iteration)
