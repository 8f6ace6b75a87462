"""A table's columns as they are, in an ONNX graph, for estimators with an encoding of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.errors import UserError
from fitscope.serving.onnx.encoding import SAYS

if TYPE_CHECKING:
    from fitscope.data.raw import Raw
    from fitscope.serving.onnx.graph import Graph


@dataclass(frozen=True)
class Columns:
    """Columns that an estimator is given.

    Attributes:
        names: of the columns.
        texts: whether each of them holds texts; the others hold numbers in float64.
        frame: whether the estimator knows them by name, or as one array in float32.
    """

    names: tuple[str, ...]
    texts: tuple[bool, ...]
    frame: bool

    def joined(self, graph: Graph) -> str:
        """All of them side by side, [rows, columns].

        Raises:
            UserError: there are texts among them.
        """
        if any(self.texts):
            raise UserError(
                f"column {self.names[self.texts.index(True)]!r} is a category of pandas, which "
                "ONNX' trees do not know"
            )
        values = graph.join(list(self.names))
        return values if self.frame else graph.cast(values, "float")


def add_columns(graph: Graph, raw: Raw) -> Columns:
    """Inputs of a graph, one a column.

    Args:
        graph: grows by them.
        raw: which columns there are.

    Raises:
        UserError: a date: what an estimator makes of it is not known here.
    """
    for one in raw.columns:
        if one.kind == "date":
            raise UserError(
                f"column {one.name!r} is a date that the learner takes as it is, which cannot be "
                "written as ONNX; name another model by --model, or use fitscope predict"
            )
        category = one.kind == "category"
        says = SAYS["boolean" if one.kind == "boolean" else "category" if category else "number"]
        graph.input(one.name, "string" if category else "double", says=says)
    return Columns(
        raw.names,
        tuple(one.kind == "category" for one in raw.columns),
        raw.library != "numpy",
    )
