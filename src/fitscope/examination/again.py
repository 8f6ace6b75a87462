"""An examination run again from its study.json: the same rows, models and runs, and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.examination.options import FREE, options
from fitscope.examination.record import Record, record_of
from fitscope.study.definition import Planned
from fitscope.study.document import StudyDocument
from fitscope.study.folder import read_document


@dataclass(frozen=True)
class Again:
    """An examination to be run again.

    Attributes:
        document: its study.json.
        record: what was asked and tried.
    """

    document: StudyDocument
    record: Record

    def planned(self) -> dict[str, Planned]:
        """Every model with as many runs as it had; learners on other rows, too."""
        document = self.document
        return {
            entry.name: Planned(
                entry.learner,
                tuple(entry.groups),
                len(document.runs_of(entry)),
                getattr(entry, "rows", None),
                getattr(entry, "refits", None),
                getattr(entry, "epochs", None),
            )
            for entry in document.entries
        }

    def check(self, wanted: StudyDocument) -> None:
        """Make sure that the rows are the same as before.

        Raises:
            UserError: they are not.
        """
        if wanted.data.fingerprint != self.document.data.fingerprint:
            raise UserError(
                f"{self.document.data.location}: its rows, or how they are encoded, are not those "
                "of the examination that is to be run again"
            )


def read_again(file: Path, given: Mapping[str, Any]) -> Again:
    """The examination that a study.json describes.

    Args:
        file: the study.json.
        given: options that were given beside it; only those that change no number may be.

    Raises:
        UserError: no examination, or options that would make it another one.
    """
    document = read_document(file.parent)
    record = record_of(document)
    others = sorted(set(given) - set(FREE))
    if others:
        raise UserError(
            f"{file}: is run again as it was; leave out --{others[0].replace('_', '-')}, or "
            "examine the table itself"
        )
    changed = {"options": options(**{**record.options.model_dump(), **given}), "again": True}
    return Again(document, record.model_copy(update=changed))
