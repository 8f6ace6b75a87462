"""The notebook of the guide's own Keras models runs from its first cell to its last, in seconds."""

from pathlib import Path

import nbformat
import pytest
from docs.notebooks import executed_notebook

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples/guide_models_in_keras.ipynb"
QUICK = """
data = "simulated"
N_TRAIN, N_VALIDATION = 200, 200
BATCH_SIZE = 100
max_epochs, patience = 3, 2
repeats = 1
chosen = ["Tiny"]
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The executed notebook."""
    folder = tmp_path_factory.mktemp("notebook")
    with executed_notebook(NOTEBOOK, QUICK, folder, timeout=300) as notebook:
        return notebook


def test_all_cells_run_and_say_nothing_wrong(executed):
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    said = [output for cell in code for output in cell.outputs if output.output_type == "stream"]
    assert not [output.text for output in said if output.name == "stderr"]
    assert any("units: (16,)" in output.text for output in said)


def test_the_stored_notebook_is_light_and_has_its_outputs():
    assert NOTEBOOK.stat().st_size < 300_000
    stored = nbformat.read(NOTEBOOK, as_version=4)
    assert all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
    shown = "".join(str(cell.get("outputs", "")) for cell in stored.cells)
    for name in ("Tiny", "large", "l2", "dropout", "combined"):
        assert name in shown
