"""A model's layers as a table, in the words that Keras uses."""

from __future__ import annotations

from dataclasses import dataclass

from fitscope.verdicts.shown import as_html


@dataclass(frozen=True)
class Layer:
    """One row of a summary.

    Attributes:
        name: Keras' layer name, unique in the model.
        kind: Keras' layer class.
        units: outputs a row.
        parameters: trainable parameters.
        moving: further values that are carried but not trained.
    """

    name: str
    kind: str
    units: int
    parameters: int
    moving: int = 0


@dataclass(frozen=True)
class Summary:
    """The layers of a model; prints as a table, shows as one in a notebook."""

    layers: tuple[Layer, ...]

    @property
    def trainable(self) -> int:
        """Number of trainable parameters."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def non_trainable(self) -> int:
        """Number of carried values that are not trained."""
        return sum(layer.moving for layer in self.layers)

    def rows(self) -> list[tuple[str, str, str]]:
        """Layer (type), output shape and number of parameters, as text."""
        return [
            (f"{x.name} ({x.kind})", f"(None, {x.units})", f"{x.parameters + x.moving:,}")
            for x in self.layers
        ]

    def totals(self) -> list[str]:
        """Keras' three closing lines."""
        counts = {
            "Total": self.trainable + self.non_trainable,
            "Trainable": self.trainable,
            "Non-trainable": self.non_trainable,
        }
        return [f"{name} params: {n:,} ({_size(4 * n)})" for name, n in counts.items()]

    def __str__(self) -> str:
        table = [("Layer (type)", "Output Shape", "Param #"), *self.rows()]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        lines = [f"{a:<{widths[0]}}    {b:<{widths[1]}}    {c:>{widths[2]}}" for a, b, c in table]
        return "\n".join([*lines, *self.totals()])

    def _repr_html_(self) -> str | None:
        return as_html(self)


def _size(bytes_: float) -> str:
    unit = "B"
    for unit in ("B", "KB", "MB", "GB"):
        if bytes_ < 1024 or unit == "GB":
            break
        bytes_ /= 1024
    return f"{bytes_:.2f} {unit}"
