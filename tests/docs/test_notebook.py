"""The notebook runs from its first cell to its last, on settings that take seconds."""

import json
import urllib.request
from pathlib import Path

import pytest
from docs.notebooks import executed_notebook, shown

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples/overfit_and_underfit.ipynb"
QUICK = """
data = "simulated"
train, validation = 200, 300
batch_size = 50
max_epochs, patience = 12, 5
repeats = 1
large = (16, 16)
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The executed notebook, and the page of the TensorBoard in it."""
    folder = tmp_path_factory.mktemp("notebook")
    compiled = {
        "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    with executed_notebook(NOTEBOOK, QUICK, folder, timeout=120, **compiled) as notebook:
        return notebook, tensorboard_page(folder)


def tensorboard_page(folder):
    """The page of the server that the notebook has started; it ends with the kernel."""
    (server,) = folder.glob(".tensorboard-info/*.info")
    port = json.loads(server.read_text())["port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
        return answer.read().decode()


def test_all_cells_run(executed):
    notebook, _ = executed
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    said = [output for cell in code for output in cell.outputs if output.output_type == "stream"]
    assert not [output.text for output in said if output.name == "stderr"]


def test_studies_show_their_models_and_how_far_they_are(executed):
    notebook, _ = executed
    html = shown(notebook, "text/html")
    (sizes, remedies) = [text for text in html if ">Remedies<" in text]
    assert "Medium" in sizes
    assert "L2 0.001" in remedies
    assert "Simulated" in sizes or "simulated" in sizes
    finished = [text for text in shown(notebook, "text/plain") if "runs finished" in text]
    assert [text.split(" · ")[0] for text in finished] == [
        "4 of 4 runs finished",
        "5 of 5 runs finished",
    ], "one line of progress remains of each study"


def test_figures_and_tensorboard_are_embedded(executed):
    notebook, tensorboard = executed
    assert len(shown(notebook, "image/png")) == 4
    assert any("iframe" in text for text in shown(notebook, "text/html"))
    assert "TensorBoard" in tensorboard


def test_the_stored_notebook_is_light():
    assert NOTEBOOK.stat().st_size < 700_000
