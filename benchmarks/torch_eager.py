"""An eager PyTorch loop as people write it: nn.Dropout, fused Adam, rows in memory.

    torch_eager.py ROWS float32|bfloat16

bfloat16 means autocast of the forward pass, with float32 weights.
"""

from __future__ import annotations

import sys

import torch
from guide import BATCH, DECAY_STEPS, EPSILON, FEATURES, LEARNING_RATE, Model, load
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch_turns import figures, take_turns

x, y, x_validation, y_validation = map(torch.from_numpy, load(sys.argv[1]))
bfloat16 = sys.argv[2] == "bfloat16"


def network(model: Model) -> nn.Sequential:
    layers: list[nn.Module] = []
    before = FEATURES
    for units in model.hidden:
        layers += [nn.Linear(before, units), nn.ELU()]
        if model.dropout:
            layers.append(nn.Dropout(model.dropout))
        before = units
    layers.append(nn.Linear(before, 1))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


class Training:
    """A network, its optimizer and the steps it has taken."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.network = network(model)
        hidden = [layer.weight for layer in self.network if isinstance(layer, nn.Linear)][:-1]
        self.penalized = hidden if model.l2 else []
        self.adam = torch.optim.Adam(
            self.network.parameters(), LEARNING_RATE, eps=EPSILON, fused=True
        )
        self.steps = 0

    def logits(self, rows: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return self.network(rows).squeeze(-1).float()

    def penalty(self) -> torch.Tensor:
        return self.model.l2 * sum((w.square().sum() for w in self.penalized), torch.zeros(()))

    def epoch(self) -> list[float]:
        """Train on all rows once and validate: loss, cross-entropy, accuracy of both."""
        self.network.train()
        order = torch.randperm(len(x))
        sums = torch.zeros(3)
        for chosen in order.split(BATCH):
            rows, labels = x[chosen], y[chosen]
            for group in self.adam.param_groups:
                group["lr"] = LEARNING_RATE / (1 + self.steps / DECAY_STEPS)
            logits = self.logits(rows)
            crossentropy = cross_entropy(logits, labels)
            loss = crossentropy + self.penalty()
            self.adam.zero_grad(set_to_none=True)
            loss.backward()
            self.adam.step()
            self.steps += 1
            with torch.no_grad():
                sums += figures(loss, crossentropy, logits, labels) * len(chosen)
        self.network.eval()
        with torch.inference_mode():
            logits = self.logits(x_validation)
            crossentropy = cross_entropy(logits, y_validation)
            loss = crossentropy + self.penalty()
            seen = figures(loss, crossentropy, logits, y_validation)
        return [*(sums / len(x)).tolist(), *seen.tolist()]


take_turns(Training)
