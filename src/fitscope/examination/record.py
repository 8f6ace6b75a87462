"""What study.json holds of an examination beside what it holds of any study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fitscope.errors import UserError, reason
from fitscope.examination.options import FREE, Options, options
from fitscope.learners import from_stored, to_stored
from fitscope.learners.base import Learner
from fitscope.study.document import Document, StudyDocument
from fitscope.study.folder import read_document

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
        own: the caller's learner that is examined, as study.json keeps learners; None for a table
            that is examined by the usual ladder.
        own_model: what it is called.
        again: whether it is another one run again, model by model, without a clock.
        granted: seconds that it may take in all, each time more were granted after its answer.
    """

    options: Options
    ladder: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    tried: tuple[Trial, ...] = ()
    left_out: tuple[str, ...] = ()
    own: dict[str, Any] | None = None
    own_model: str | None = None
    again: bool = False
    granted: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """Seconds that it may take in all, start-up apart."""
        return self.granted[-1] if self.granted else self.options.budget

    @property
    def looks(self) -> int:
        """How often the test part is looked at: once an answer."""
        return 1 + len(self.granted)

    def with_more(self, seconds: float) -> Record:
        """The same with more time, which leaves out other things."""
        granted = (*self.granted, seconds)
        return self.model_copy(update={"granted": granted, "left_out": ()})

    def with_own(self, learner: Learner) -> Record:
        """The record of an examination of the caller's own learner."""
        return self.model_copy(update={"own": to_stored(learner), "own_model": learner.sort})

    @property
    def own_learner(self) -> Learner | None:
        """The caller's learner that is examined."""
        return None if self.own is None else from_stored(self.own)

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


def gone_on(folder: Path, given: Mapping[str, Any]) -> Options:
    """The options of an examination that is gone on with.

    Args:
        folder: of the examination.
        given: what is chosen now: the same as when it was started, but for what changes no number
            and for a longer budget.

    Raises:
        UserError: others, or a damaged study.json.
    """
    record = record_of(read_document(folder))
    stored = record.options
    made = options(**{**stored.model_dump(), **given})
    for name in given:
        longer = name == "budget" and made.budget > stored.budget
        if name not in FREE and not longer and getattr(made, name) != getattr(stored, name):
            raise UserError(
                f"{folder}: was started with another --{name.replace('_', '-')}; leave the option "
                "out, or choose another folder with --out"
            )
    return made
