"""Studies' figures are put on axes, but what is saved of them is blank.

To lay one out and save it takes Matplotlib a tenth of a second, a study has five to ten, and most
tests of studies look at something else. Those that look at figures say so; programs that are
started as users start them draw theirs, too.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from fitscope.report import figures

SAVE = figures.save


@contextmanager
def sketched(folder: Path) -> Iterator[None]:
    """Figures are blank in here.

    Args:
        folder: an empty one, for the blank figure.
    """
    figure = Figure(figsize=(1, 1), layout="constrained")
    figure.add_subplot()
    blank = SAVE(figure, folder / "blank")

    def save(figure: Figure, name: Path) -> list[Path]:
        del figure
        name.parent.mkdir(exist_ok=True)
        return [Path(shutil.copy(one, name.with_name(name.name + one.suffix))) for one in blank]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", save)
        yield


@contextmanager
def drawn() -> Iterator[None]:
    """Figures are drawn in here as users have them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", SAVE)
        yield
