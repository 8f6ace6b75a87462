"""`Description`: what a network of the caller's own is made of, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fitscope.learners.base import Knob
from fitscope.learners.own.reading import Reading

REMEDIES = {
    "dropout": "dropout",
    "l1": "L1",
    "l2": "L2",
    "weight_decay": "weight decay",
}
"""Settings against overfitting, and what sentences call them."""


@dataclass(frozen=True)
class Description:
    """A network as it is trained, read from its layers.

    Attributes:
        name: of its class.
        library: who trains it, "Keras on jax" or "PyTorch".
        layers: of each its name with its class, its output shape, its parameters.
        parameters: trainable numbers.
        others: numbers that are carried and not trained.
        units: of its hidden dense layers, in their order.
        dropout: the highest rate of its dropout layers.
        l1: the highest L1 coefficient of its kernels.
        l2: the same of L2, for a penalty `l2 * sum(w**2)`.
        weight_decay: of its optimizer.
        knobs: which of these can be turned; "units" for all widths together.
        reading: what its outputs are.
        columns: how many it has.
        outputs: how many the task needs.
        scaled: whether a regression's target is scaled for it to mean 0 and deviation 1.
        training: loss and optimizer, in words.
        features: columns of the rows.
        config: the network itself as its library describes it; None where it cannot.
    """

    name: str
    library: str
    layers: tuple[tuple[str, str, str], ...]
    parameters: int
    others: int
    units: tuple[int, ...]
    dropout: float
    l1: float
    l2: float
    weight_decay: float
    knobs: tuple[str, ...]
    reading: Reading
    columns: int
    outputs: int
    scaled: bool
    training: tuple[str, ...]
    features: int
    config: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values that JSON knows."""
        return {
            **asdict(self),
            "layers": [list(layer) for layer in self.layers],
            "units": list(self.units),
            "knobs": list(self.knobs),
            "training": list(self.training),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Description:
        """What `as_dict` described."""
        lists = {name: tuple(stored[name]) for name in ("units", "knobs", "training")}
        layers = tuple((str(a), str(b), str(c)) for a, b, c in stored["layers"])
        return cls(**{**stored, **lists, "layers": layers})

    def turned(self) -> tuple[Knob, ...]:
        """Its knobs and where they stand."""
        found = []
        if "units" in self.knobs:
            found.append(Knob("units", "units", self.units, richer=True, remedy=False))
        return (
            *found,
            *(
                Knob(name, words, getattr(self, name), richer=False, remedy=True)
                for name, words in REMEDIES.items()
                if name in self.knobs
            ),
        )

    def rows(self) -> list[tuple[str, str, str]]:
        """Layer (type), output shape and number of parameters."""
        return list(self.layers)

    def totals(self) -> list[str]:
        """Closing lines: parameters, how it is trained, and whether knobs are known."""
        lines = [
            f"{self.library}: {self.parameters:,} trainable parameters, {self.others:,} others",
            *self.training,
        ]
        if not {"units", "dropout", "l2"} & set(self.knobs):
            lines.append(
                "No knob of its layers is known: nobody can tell from outside what they do"
            )
        return lines

    def __str__(self) -> str:
        table = [("Layer (type)", "Output Shape", "Param #"), *self.layers]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        lines = [f"{a:<{widths[0]}}    {b:<{widths[1]}}    {c:>{widths[2]}}" for a, b, c in table]
        return "\n".join([*lines, *self.totals()])
