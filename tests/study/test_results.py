"""results.json over repeats, against SciPy."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from scipy import stats
from study.made_up import made_up_document

from fitscope.data.columns import Column
from fitscope.diagnosis.compare import Difference
from fitscope.learners import to_stored
from fitscope.learners.base import Size
from fitscope.learners.mlp.network import MLP
from fitscope.study import answer, stored_answer
from fitscope.study.document import ModelEntry
from fitscope.study.estimate import Estimate
from fitscope.study.results import ModelResult, Results, RunResult
from fitscope.study.schema import json_schema
from fitscope.study.summarize import summarize
from fitscope.task import BINARY
from fitscope.verdicts.comparison import Comparison

values = st.floats(-1e6, 1e6, allow_subnormal=False)


@settings(deadline=None)  # SciPy is imported in the first call
@given(st.lists(values, min_size=2, max_size=20))
def test_standard_error_is_scipys(found: list[float]):
    estimate = Estimate.over(found)
    assert estimate.mean == pytest.approx(np.mean(found), rel=1e-12, abs=1e-9)
    assert estimate.error == pytest.approx(stats.sem(found), rel=1e-9, abs=1e-9)


def test_one_value_has_no_error_and_a_missing_one_no_mean():
    assert Estimate.over([0.25]) == Estimate(0.25, None)
    for missing in ([0.25, None], [None], []):
        assert Estimate.over(missing) == Estimate(None, None)
    assert Estimate.over([0.5, 0.5]) == Estimate(0.5, 0.0)


def test_the_summary_is_the_contracts_document():
    models = [
        ModelEntry(
            name=name, slug=name, groups=[name], spec=to_stored(MLP(2)), size=Size(9, "parameters")
        )
        for name in ("b", "a", "c")
    ]
    document = made_up_document(models, repeats=2)

    def run(model: str, repeat: int, score: float | None) -> RunResult:
        best = {"val_loss": score, "val_accuracy": 0.5}
        return RunResult(model, repeat, 3, 1, best, best, "max epochs", 1.0)

    runs = [run("a", 1, 3.0), run("b", 1, None), run("a", 0, 1.0), run("b", 0, 2.0)]
    results = summarize(document, runs)
    found = json.loads(json.dumps(results.as_dict()))

    assert set(found) == {"format", "task", "models", "runs", "comparisons", "advice"}
    assert [(r["model"], r["repeat"]) for r in found["runs"]] == [
        ("b", 0), ("b", 1), ("a", 0), ("a", 1)
    ]  # fmt: skip
    assert [m["name"] for m in found["models"]] == ["b", "a"]  # c has no run yet
    diverged, fine = found["models"]
    assert diverged["best"] == {"val_loss": [None, None], "val_accuracy": [0.5, 0.0]}
    assert fine == {
        "name": "a",
        "groups": ["a"],
        "size": {"count": 9, "unit": "parameters"},
        "repeats": 2,
        "best": {"val_loss": [2.0, 1.0], "val_accuracy": [0.5, 0.0]},
        "best_corrected": None,
        "verdict": None,
    }
    assert Results.from_dict(found) == results


def test_json_has_no_nan():
    run = RunResult("a", 0, 3, 1, {"val_loss": math.nan}, {"val_loss": math.inf}, "diverged", 1.0)
    model = ModelResult("a", (), Size(1, "leaves"), 1, {"val_loss": Estimate(math.nan, math.nan)})
    nothing = Difference(math.nan, math.nan, (math.nan, math.nan), math.nan, math.nan)
    pair = Comparison("a", "b", "networks", (1, 1), {BINARY.loss.validation: nothing})
    text = json.dumps(Results((model,), (run,), (pair,)).as_dict(), allow_nan=False)
    assert Results.from_dict(json.loads(text)).as_dict() == json.loads(text)


def test_the_published_schema_is_up_to_date():
    published = Path(__file__).parents[2] / "docs" / "results.schema.json"
    assert json.loads(published.read_text()) == json_schema(), "run: make schema"
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    ("part", "stored"),
    [
        (answer.Rows, stored_answer.StoredRows),
        (answer.Recommended, stored_answer.StoredRecommended),
        (answer.Interval, stored_answer.StoredInterval),
        (answer.Remedy, stored_answer.StoredRemedy),
        (answer.Gain, stored_answer.StoredGain),
        (answer.MoreData, stored_answer.StoredMoreData),
        (Column, stored_answer.StoredColumn),
        (answer.Answer, stored_answer.StoredAnswer),
    ],
)
def test_the_schema_knows_every_field_of_an_answer(part: type, stored: type):
    assert [field.name for field in fields(part)] == list(stored.__annotations__)
