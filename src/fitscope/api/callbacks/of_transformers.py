"""A callback of Hugging Face's Trainer."""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch

PLACES = ("epoch", "step")
OF_THE_CLOCK = ("_runtime", "_per_second")
SUMMARY = "train_runtime"
"""What is logged with it is of the whole run, after its end."""


def transformers_callback(watch: Watch) -> Any:
    """The callback: the library's own class with these hooks."""
    from transformers import TrainerCallback  # pyright: ignore[reportMissingImports]

    return type("TransformersCallback", (_Hooks, TrainerCallback), {})(watch)


class _Hooks:
    """What the Trainer calls."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """A run that goes on from a checkpoint is judged with what the checkpoint has logged."""
        del args, control, more
        self.watch.silent = not state.is_world_process_zero
        rows: dict[str, list[tuple[float, float, float]]] = {}
        for logged in state.log_history:
            for name, value in _metrics(logged).items():
                if isinstance(value, float | int):
                    place = float(logged.get("epoch", 0)), float(logged.get("step", 0))
                    rows.setdefault(name, []).append((float(value), *place))
        self.watch.load_state_dict({"rows": rows})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        del args, more
        metrics = _metrics(logs or {})
        if metrics and self.watch.take(metrics, state.epoch, state.global_step):
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        del args, state, control, more
        self.watch.finish()


def _metrics(logged: dict[str, Any]) -> dict[str, Any]:
    if SUMMARY in logged:
        return {}
    return {
        name: value
        for name, value in logged.items()
        if name not in PLACES and not name.endswith(OF_THE_CLOCK)
    }
