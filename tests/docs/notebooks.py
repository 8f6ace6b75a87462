"""Notebooks of the examples while their kernel runs, and what their cells showed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SOURCE = Path(__file__).resolve().parents[2] / "src"


@contextmanager
def executed_notebook(
    file: Path, settings: str, folder: Path, timeout: int, **environment: str
) -> Iterator[nbformat.NotebookNode]:
    """A notebook that has run from its first cell to its last; its kernel is still there.

    Args:
        file: the notebook; it stays as it is.
        settings: what its cell of parameters holds instead.
        folder: where it runs and writes.
        timeout: seconds that a cell may take.
        environment: further variables of its kernel.
    """
    notebook = nbformat.read(file, as_version=4)
    (parameters,) = (
        cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
    )
    parameters.source = settings
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("PYTHONPATH", str(SOURCE), prepend=os.pathsep)
        # the kernel's python, and the programs that magic commands look for
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        for name, value in environment.items():
            patch.setenv(name, value)
        resources = {"metadata": {"path": str(folder)}}
        client = NotebookClient(
            notebook, timeout=timeout, kernel_name="python3", resources=resources
        )
        with client.setup_kernel():
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
            yield notebook


def shown(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    """What the cells showed of a MIME type, in order."""
    return [
        output["data"][kind]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if kind in output.get("data", {})
    ]
