"""A callback of LightGBM."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch


class LightGBMCallback:
    """Judges after each round; LightGBM calls it."""

    order = 25  # after LightGBM's own recorders
    before_iteration = False

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __call__(self, env: Any) -> None:
        """Take the evaluations of a round.

        Raises:
            EarlyStopException: LightGBM's own, to end the training.
        """
        results = env.evaluation_result_list or []
        metrics = {f"{rows}/{metric}": value for rows, metric, value, *_ in results}
        stop = self.watch.take(metrics, env.iteration)
        if stop or env.iteration + 1 == env.end_iteration:
            self.watch.finish()
        if stop:
            from lightgbm.callback import (  # pyright: ignore[reportMissingImports]
                EarlyStopException,
            )

            verdict = self.watch.verdict
            raise EarlyStopException(verdict.best_epoch if verdict else env.iteration, results)
