"""What is said about the precision in which a study was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.learners.mlp.description import WIDE
from fitscope.study.precision import is_halved

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument


def precision_note(document: StudyDocument) -> str | None:
    """One line on a precision that was asked for; None where it is as usual.

    Args:
        document: study.json.
    """
    if document.training_plan.precision == "float32":
        return None
    features, task = len(document.data.feature_names), document.task
    halved = [one.name for one in document.models if is_halved(one.learner, features, task)]
    if document.precision == "bfloat16":
        which = ", ".join(halved) if halved else f"layers of {WIDE} units and more"
        return f"precision: bfloat16 in the products of {which}; everything else in float32"
    if document.models and not halved:
        return (
            "precision: float32, since no network here has two layers of "
            f"{WIDE} units one after the other: bfloat16 gains nothing in narrower ones"
        )
    return "precision: float32, since bfloat16 products are not faster on this machine"
