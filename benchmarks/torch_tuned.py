"""A PyTorch loop tuned by hand: bfloat16 where it pays, dropout masks from cheap random bytes.

What is done by hand: the wide networks in bfloat16 autocast (narrow ones stay in float32, which
is faster for them), masks of all layers of a step from one call of the integer generator, one
byte an output, and L2 as a term of the optimizer's gradient instead of a part of the graph.
"""

from __future__ import annotations

import sys
from itertools import pairwise

import torch
from guide import BATCH, DECAY_STEPS, EPSILON, FEATURES, LEARNING_RATE, Model, load
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.functional import elu, linear
from torch_turns import figures, take_turns

WIDE = 256  # units from which bfloat16 is faster than float32

x, y, x_validation, y_validation = map(torch.from_numpy, load(sys.argv[1]))


class Training:
    """Weights, their optimizer and the steps it has taken."""

    def __init__(self, model: Model) -> None:
        self.model = model
        sizes = (FEATURES, *model.hidden, 1)
        self.weights = [
            torch.nn.init.xavier_uniform_(torch.empty(b, a)).requires_grad_()
            for a, b in pairwise(sizes)
        ]
        self.biases = [torch.zeros(size, requires_grad=True) for size in sizes[1:]]
        groups = [
            # 2 * l2 * w is the gradient of l2 * sum(w**2)
            {"params": self.weights[:-1], "weight_decay": 2 * model.l2},
            {"params": [self.weights[-1], *self.biases], "weight_decay": 0.0},
        ]
        self.adam = torch.optim.Adam(groups, LEARNING_RATE, eps=EPSILON, fused=True)
        self.bfloat16 = max(model.hidden) >= WIDE
        self.steps = 0

    def logits(self, rows: torch.Tensor, training: bool) -> torch.Tensor:
        masks = self.masks(len(rows)) if training and self.model.dropout else None
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
            for number, units in enumerate(self.model.hidden):
                rows = elu(linear(rows, self.weights[number], self.biases[number]), inplace=True)
                if masks is not None:
                    rows = rows * masks[number][:, :units]
            return linear(rows, self.weights[-1], self.biases[-1]).squeeze(-1).float()

    def masks(self, rows: int) -> torch.Tensor:
        """0 with the dropout's rate (to 1/256), else the factor that makes up for it."""
        shape = (len(self.model.hidden), rows, max(self.model.hidden))
        count = shape[0] * shape[1] * shape[2]
        random = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
        kept = random.view(torch.uint8)[:count].view(shape) >= round(self.model.dropout * 256)
        dtype = torch.bfloat16 if self.bfloat16 else torch.float32
        return kept.to(dtype).mul_(1 / (1 - self.model.dropout))

    def penalty(self) -> torch.Tensor:
        """What L2 adds to the loss, for the history alone."""
        if not self.model.l2:
            return torch.zeros(())
        return self.model.l2 * sum(torch.dot(w.view(-1), w.view(-1)) for w in self.weights[:-1])

    def epoch(self) -> list[float]:
        """Train on all rows once and validate: loss, cross-entropy, accuracy of both."""
        sums = torch.zeros(3)
        for chosen in torch.randperm(len(x)).split(BATCH):
            labels = y[chosen]
            for group in self.adam.param_groups:
                group["lr"] = LEARNING_RATE / (1 + self.steps / DECAY_STEPS)
            logits = self.logits(x[chosen], training=True)
            crossentropy = cross_entropy(logits, labels)
            with torch.no_grad():
                loss = crossentropy + self.penalty()
                sums += figures(loss, crossentropy, logits, labels) * len(chosen)
            self.adam.zero_grad(set_to_none=True)
            crossentropy.backward()
            self.adam.step()
            self.steps += 1
        with torch.inference_mode():
            logits = self.logits(x_validation, training=False)
            crossentropy = cross_entropy(logits, y_validation)
            loss = crossentropy + self.penalty()
            seen = figures(loss, crossentropy, logits, y_validation)
        return [*(sums / len(x)).tolist(), *seen.tolist()]


take_turns(Training)
