"""What both PyTorch loops share: the figures of an epoch, and taking turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from guide import MODELS, Model
from turns import Watch, serve


class Training(Protocol):
    """One model in training."""

    def epoch(self) -> list[float]:
        """Train on all rows once and validate: loss, cross-entropy, accuracy of both."""
        ...


def figures(
    loss: torch.Tensor, crossentropy: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Loss, cross-entropy and accuracy as one tensor of three."""
    hits = ((logits > 0) == (labels > 0.5)).float().mean()
    return torch.stack([loss, crossentropy, hits])


def take_turns(training: Callable[[Model], Training]) -> None:
    """Train whichever model is asked for, each with weights of its own that stay."""
    trainings = {name: training(model) for name, model in MODELS.items()}

    def turn(name: str, watch: Watch) -> None:
        while not watch.enough:
            trainings[name].epoch()
            watch.lap()

    serve({"torch": torch.__version__}, turn)
