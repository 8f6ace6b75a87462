"""Presentations: found by the kind of a study, and nothing of an application in the report."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import fitscope.report
from fitscope.guide.presentation import GUIDE
from fitscope.report import presentation
from fitscope.report.page.view import views_of
from fitscope.report.presentation import USUAL, Presentation, presentation_of, register

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def unknown(monkeypatch):
    """As if nothing had been registered or looked up yet."""
    monkeypatch.setattr(presentation, "_loaders", {})
    monkeypatch.setattr(presentation, "_loaded", {})


@pytest.mark.usefixtures("unknown")
def test_the_guide_is_found_through_the_entry_point_that_the_package_declares(monkeypatch):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["entry-points"][presentation.ENTRY_POINTS]

    def entry_points(group, name):
        assert group == presentation.ENTRY_POINTS
        return [EntryPoint(name, declared[name], group)] if name in declared else []

    monkeypatch.setattr(presentation, "entry_points", entry_points)
    assert presentation_of("guide") is GUIDE
    assert presentation_of("study") is USUAL


@pytest.mark.usefixtures("unknown")
def test_a_registered_presentation_goes_first_and_is_loaded_when_needed():
    asked = []
    mine = Presentation(roles={"A": "the first"})
    register("guide", lambda: asked.append(1) or mine)
    assert asked == []
    assert presentation_of("guide") is presentation_of("guide") is mine
    assert asked == [1]


def test_sections_stand_where_the_presentation_puts_them():
    names = [view.name for view in views_of(GUIDE)]
    assert names[:6] == ["headline", "results", "curves", "capacity", "models", "comparisons"]
    assert "conclusions" in names
    usual = [view.name for view in views_of(USUAL)]
    assert set(names) - set(usual) == {"idea", "conclusions"}
    assert usual.index("rows") > usual.index("curves")
    folded = {view.name for view in views_of(GUIDE) if view.folded}
    assert folded == {"idea", "rows", "training", "method", "record"}


def test_the_report_knows_no_application():
    for file in Path(fitscope.report.__path__[0]).rglob("*"):
        if file.suffix in (".py", ".js", ".j2", ".css"):
            text = file.read_text().lower()
            assert "guide" not in text, file
            assert "higgs" not in text, file
