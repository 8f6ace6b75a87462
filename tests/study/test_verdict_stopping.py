"""A study whose runs a verdict ends: through the worker, into results.json, and resumed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from report.made_up import GUIDE, document, write_study

from fitscope import stopping
from fitscope.data.split import Split
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.report.lines import ranked, remarks
from fitscope.report.record import record
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition
from fitscope.study.execute import execute
from fitscope.study.folder import read_study
from fitscope.task import BINARY, REGRESSION, Task


def test_a_study_says_why_its_runs_ended_and_what_that_saved(tmp_path: Path):
    random = np.random.default_rng(5)
    x = random.normal(size=(260, 6)).astype(np.float32)
    y = random.integers(0, 2, 260).astype(np.float32)  # nothing to learn: any fit is overfitting
    split = Split(x[:60], y[:60], x[60:], y[60:])
    plan = Plan(batch_size=20, learning_rate=0.01, stopping=stopping.EvidenceStopping())
    definition = Definition((split,), plan, {"Wide": (MLP(16, 16), ("m",))}, repeats=2)
    stored = execute(definition, tmp_path / "study")
    assert stored.document.training_plan == plan.for_task(split.task)
    for run in stored.results.runs:
        assert run.stopped == "early stopping"
        assert run.stopping["reason"] == "overfit"
        assert run.stopping["rise"] > 0.001
        assert run.stopping["epochs_saved"] == run.best_epoch + 201 - run.epochs
    total = sum(run.stopping["epochs_saved"] for run in stored.results.runs)
    said = f"at least {total:,} epochs fewer than a patience of 200 would have trained"
    assert any(said in line for line in remarks(stored, ranked(stored)))
    assert "overfitting established at 95 %" in dict(record(stored))["Stopping"]

    # an older program's study knew no rules by name
    (tmp_path / "study" / "SHA256SUMS").unlink()
    file = tmp_path / "study" / "study.json"
    document = json.loads(file.read_text())
    document["plan"]["stopping"] = Plan().as_dict()["stopping"]
    file.write_text(json.dumps(document))
    results = tmp_path / "study" / "results.json"
    old = json.loads(results.read_text())
    old["format"] = 1
    for run in old["runs"]:
        del run["stopping"]
    results.write_text(json.dumps(old))
    again = read_study(tmp_path / "study")
    assert again.document.training_plan.stopping == EarlyStopping()
    assert not any("stopped by verdicts" in line for line in remarks(again, ranked(again)))


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (BINARY, "less than 0.001 to be gained in"),
        (REGRESSION, "less than 0.001 of what a constant prediction reaches to be gained in"),
    ],
)
def test_a_report_says_what_the_rule_counts_in(tmp_path: Path, task: Task, said: str):
    plan = Plan(stopping=stopping.EvidenceStopping()).for_task(task).as_dict()
    made = document({"Tiny": GUIDE["Tiny"]}, task=task).model_copy(update={"plan": plan})
    assert said in dict(record(write_study(tmp_path / "s", made, 20)))["Stopping"]
