"""What the report's tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from report.made_up import GUIDE, document, write_study

from fitscope.learners.mlp.description import MLP
from fitscope.study.folder import StoredStudy


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., StoredStudy]:
    """Make a study folder with simulated histories: `study(models, repeats=2, epochs=50)`."""

    def make(
        models: dict[str, tuple[MLP, list[str]]] | None = None,
        epochs: int = 60,
        diverged: Sequence[str] = (),
        **options,
    ) -> StoredStudy:
        made = document(GUIDE if models is None else models, **options)
        return write_study(tmp_path / "study", made, epochs, diverged)

    return make
