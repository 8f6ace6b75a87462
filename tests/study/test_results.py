"""results.json over repeats, against SciPy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from study.made_up import made_up_document

from fitscope.learners.mlp.description import MLP
from fitscope.study.document import ModelEntry
from fitscope.study.results import mean_and_error, summarize

values = st.floats(-1e6, 1e6, allow_subnormal=False)


@settings(deadline=None)  # SciPy is imported in the first call
@given(st.lists(values, min_size=2, max_size=20))
def test_standard_error_is_scipys(found: list[float]):
    mean, error = mean_and_error(found)
    assert mean == pytest.approx(np.mean(found), rel=1e-12, abs=1e-9)
    assert error == pytest.approx(stats.sem(found), rel=1e-9, abs=1e-9)


def test_one_value_has_no_error_and_a_missing_one_no_mean():
    assert mean_and_error([0.25]) == [0.25, None]
    assert mean_and_error([0.25, None]) == [None, None]
    assert mean_and_error([None]) == [None, None]
    assert mean_and_error([0.5, 0.5]) == [0.5, 0.0]


def test_the_summary_is_the_contracts_document():
    models = [
        ModelEntry(name=name, slug=name, groups=[name], spec=MLP(2).as_dict(), parameters=9)
        for name in ("b", "a", "c")
    ]
    document = made_up_document(models, repeats=2)

    def run(model: str, repeat: int, score: float | None) -> dict:
        best = {"val_loss": score, "val_accuracy": 0.5}
        return {"model": model, "repeat": repeat, "best": best, "final": best, "verdict": None}

    runs = [run("a", 1, 3.0), run("b", 1, None), run("a", 0, 1.0), run("b", 0, 2.0)]
    found = json.loads(json.dumps(summarize(document, runs)))

    assert set(found) == {"models", "runs", "comparisons", "advice"}
    assert [(r["model"], r["repeat"]) for r in found["runs"]] == [
        ("b", 0), ("b", 1), ("a", 0), ("a", 1)
    ]  # fmt: skip
    assert [m["name"] for m in found["models"]] == ["b", "a"]  # c has no run yet
    diverged, fine = found["models"]
    assert diverged["best"] == {"val_loss": [None, None], "val_accuracy": [0.5, 0.0]}
    assert fine == {
        "name": "a",
        "groups": ["a"],
        "parameters": 9,
        "repeats": 2,
        "best": {"val_loss": [2.0, 1.0], "val_accuracy": [0.5, 0.0]},
        "best_corrected": None,
        "verdict": None,
    }
