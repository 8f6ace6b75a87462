"""No circle of imports anywhere, not even one that is closed late, inside a function."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "fitscope"


def imported(tree: ast.AST, known: set[str]) -> set[str]:
    """Modules that are imported when the code runs; those for hints alone are left out."""
    hints = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in hints:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (names & known) or ({node.module} & known)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known
    return found


def test_nothing_imports_what_imports_it():
    trees = {}
    for file in SOURCE.rglob("*.py"):
        parts = ("fitscope", *file.relative_to(SOURCE).with_suffix("").parts)
        trees[".".join(parts).removesuffix(".__init__")] = ast.parse(file.read_text())
    graph = {name: imported(tree, set(trees)) - {name} for name, tree in trees.items()}
    assert len(graph) > 200
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
