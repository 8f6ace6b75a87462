"""What the report's tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from report.made_up import GUIDE, Models, document, write_study

from fitscope.study.folder import StoredStudy


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., StoredStudy]:
    """Make a study folder with simulated histories: `study(models, repeats=2, epochs=50)`."""

    def make(
        models: Models | None = None,
        epochs: int = 60,
        diverged: Sequence[str] = (),
        **options,
    ) -> StoredStudy:
        made = document(GUIDE if models is None else models, **options)
        return write_study(tmp_path / "study", made, epochs, diverged)

    return make
