"""Rows whose columns are features already, for studies that were trained on such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    from jaxtyping import Float32

    from fitscope.data.inputs import Input
    from fitscope.data.table import Table


@dataclass(frozen=True)
class Plain:
    """Columns that models take as they are, in the place of an `Encoding`.

    Attributes:
        names: one a feature.
    """

    names: tuple[str, ...]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All of them are numbers."""
        from fitscope.data.inputs import Input

        return tuple(Input(name, "number") for name in self.names)

    @property
    def texts(self) -> tuple[str, ...]:
        """None of them is a text."""
        return ()

    def transform(self, table: Table) -> Float32[np.ndarray, "rows features"]:
        """The features of rows.

        Args:
            table: the rows.

        Raises:
            UserError: a value that is missing or no number; the message names the line.
        """
        from fitscope.data.inputs import taken

        x = np.empty((table.frame.height, len(self.names)), np.float32)
        for place, values in enumerate(taken(table, self.inputs)):
            numbers = np.asarray(values)
            if np.isnan(numbers).any():
                where = table.place(int(np.argmax(np.isnan(numbers))))
                raise UserError(
                    f"column {shown(self.names[place])!r}, {where}: no value, and this model was "
                    "trained on rows without gaps; fill it or leave the row out"
                )
            x[:, place] = numbers
        return x
