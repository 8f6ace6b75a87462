"""The notebook of the guide's own Keras models runs from its first cell to its last, in seconds."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

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
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (settings,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    settings.source = QUICK
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("PYTHONPATH", str(ROOT / "src"), prepend=os.pathsep)
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
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
