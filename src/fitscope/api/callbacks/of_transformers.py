"""A callback of Hugging Face's Trainer."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch

SUMMARY = ("train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second")
"""What is logged once, after the end."""


def transformers_callback(watch: Watch) -> Any:
    """The callback: the library's own class with these hooks."""
    from transformers import TrainerCallback  # pyright: ignore[reportMissingImports]

    return type("TransformersCallback", (_Hooks, TrainerCallback), {})(watch)


class _Hooks:
    """What the Trainer calls."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        del args, more
        metrics = {name: v for name, v in (logs or {}).items() if name not in (*SUMMARY, "epoch")}
        if metrics and self.watch.take(metrics, state.epoch, state.global_step):
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        del args, state, control, more
        self.watch.finish()
