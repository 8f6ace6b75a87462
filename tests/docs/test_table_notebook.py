"""The notebook on a table of one's own runs from its first cell to its last, in little time."""

from pathlib import Path

import nbformat
import pytest
from docs.notebooks import executed_notebook, shown

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples/your_own_table.ipynb"
FEW = """
from functools import partial

from fitscope.examination.stages import remedies

budget, quick, table = "1h", True, table[::2]
fs.examine = partial(fs.examine, learners=["linear", "hgb"], folds=1, jobs=1)
every = remedies.changes_of
remedies.changes_of = lambda *given: every(*given)[:1]
"""
"""So little to try that no budget ends it."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The executed notebook."""
    folder = tmp_path_factory.mktemp("notebook")
    with executed_notebook(NOTEBOOK, FEW, folder, timeout=900) as notebook:
        return notebook


def test_all_cells_run_and_say_nothing_wrong(executed):
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    said = [output for cell in code for output in cell.outputs if output.output_type == "stream"]
    assert not [output.text for output in said if output.name == "stderr"]


def test_the_answer_is_shown_with_its_ladder(executed):
    (answer,) = [html for html in shown(executed, "text/html") if ">Rung<" in html]
    for said in ("constant", "linear", "Take ", "the model to take"):
        assert said in answer
    (ladder,) = shown(executed, "image/svg+xml")
    assert "Training and validation cross-entropy" in ladder


def test_the_stored_notebook_is_light_and_has_its_outputs():
    assert NOTEBOOK.stat().st_size < 200_000
    stored = nbformat.read(NOTEBOOK, as_version=4)
    assert all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
    assert any(">Rung<" in html for html in shown(stored, "text/html"))
