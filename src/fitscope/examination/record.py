"""What study.json holds of an examination beside what it holds of any study."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from fitscope.errors import UserError, reason
from fitscope.examination.options import Options
from fitscope.study.document import Document, StudyDocument

KIND = "examination"


class Trial(Document):
    """Something that was tried on a model.

    Attributes:
        over: the model without it.
        remedy: what was done, in words.
        kind: the same without its strength.
        model: the model with it.
    """

    over: str
    remedy: str
    kind: str
    model: str


class Record(Document):
    """What was asked, and what was tried.

    Attributes:
        options: what was chosen.
        ladder: its rungs, plainest first.
        mended: the models that remedies were tried on.
        tried: every change that was trained, in order.
        left_out: what the budget left out, and what more time would decide.
        again: whether it is another one run again, model by model, without a clock.
    """

    options: Options
    ladder: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    tried: tuple[Trial, ...] = ()
    left_out: tuple[str, ...] = ()
    again: bool = False

    def stored(self) -> dict[str, Any]:
        """Plain values, as study.json holds them."""
        return self.model_dump(mode="json")


def record_of(document: StudyDocument) -> Record:
    """The record that an examination's study.json holds.

    Raises:
        UserError: another kind of study, or a damaged record.
    """
    if document.kind != KIND:
        raise UserError(f"a study of the kind {document.kind!r} is no examination")
    try:
        return Record.model_validate(document.application)
    except ValidationError as error:
        raise UserError(f"study.json: damaged at application: {reason(error)}") from None
