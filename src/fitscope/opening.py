"""`load`: what a folder holds, as what made it shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.api.result import Result
    from fitscope.examination.examination import Examination


def load(folder: Path | str) -> Result | Examination:
    """The result of a study folder; of an examination, an `Examination`.

    Raises:
        UserError: no study there, no finished run, a damaged file or a newer format.
    """
    from fitscope.api.result import Result
    from fitscope.examination.record import KIND
    from fitscope.study.folder import read_study

    stored = read_study(folder)
    if stored.document.kind == KIND:
        from fitscope.examination.examination import Examination

        return Examination(stored)
    return Result(stored)
