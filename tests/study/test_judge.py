"""Verdicts, comparisons and advice of a study, on made-up (simulated) folders."""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from jsonschema import Draft202012Validator
from report.made_up import GUIDE, document, write_study
from study.made_up import made_up_split

from fitscope.errors import UserError
from fitscope.files import locked
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition
from fitscope.study.execute import execute
from fitscope.study.folder import StoredStudy, read_results, read_study
from fitscope.study.judge import judge, judge_stored, store_judged
from fitscope.study.results import Results
from fitscope.study.schema import json_schema
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.verdict import Verdict

ROWS = 1_000
THREE = {name: GUIDE[name] for name in ("Tiny", "Large", "Combined")}


def with_rows(stored: StoredStudy) -> StoredStudy:
    """Write row losses whose means are the curves; rows are hard or easy for all models alike."""
    random = np.random.default_rng(0)
    hard = random.exponential(0.3, ROWS)
    for (model, repeat), curve in stored.histories.partition_by(
        "model", "repeat", as_dict=True
    ).items():
        own = hard + random.normal(0, 0.1, ROWS) + random.normal(0, 0.05, ROWS)
        at = np.arange(0, len(curve), 4)
        logged = curve["val_binary_crossentropy"].to_numpy()
        losses = logged[at][:, None] + (own - own.mean())
        file = stored.folder.rows(stored.document.entry(str(model)).slug, int(repeat))
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, epoch=at, losses=losses.astype(np.float32))
    return stored


@pytest.fixture
def made(tmp_path: Path):
    def make(models=THREE, epochs: int = 300, repeats: int = 3, rows: bool = True, **options):
        study = write_study(tmp_path / "s", document(models, repeats=repeats), epochs, **options)
        return with_rows(study) if rows else study

    return make


def test_the_whole_contract(made):
    stored = judge_stored(made())
    results = json.loads(json.dumps(stored.results.as_dict(), allow_nan=False))
    Draft202012Validator(json_schema()).validate(results)
    assert Results.from_dict(results) == stored.results
    models = {model["name"]: model for model in results["models"]}
    assert {name: model["verdict"]["verdict"] for name, model in models.items()}["Large"] == (
        "overfit"
    )
    assert models["Combined"]["verdict"]["verdict"] != "overfit"
    keys = set(Verdict("", "good", 1.0, 0, None, 1, Evidence(), "", ()).as_dict())
    for entry in (*results["models"], *results["runs"]):
        assert set(entry["verdict"]) == keys
    for run in results["runs"]:
        assert run["verdict"]["source"] == f"{run['model']}, repeat {run['repeat'] + 1}"
        assert run["verdict"]["evidence"]["rise_test"] == "rows"
        assert run["verdict"]["evidence"]["metric"] == "binary_crossentropy"
    assert [(pair["a"], pair["b"]) for pair in results["comparisons"]] == [
        ("Tiny", "Large"), ("Tiny", "Combined"), ("Large", "Combined")
    ]  # fmt: skip
    for pair in results["comparisons"]:
        assert (pair["about"], pair["repeats"]) == ("models", [3, 3])
        assert set(pair["metrics"]) == {"val_binary_crossentropy", "val_accuracy"}
    for entry in results["advice"]:
        assert set(entry) == {"title", "text", "models", "confidence"}
        assert set(entry["models"]) <= set(models)
    assert "Large overfits from about epoch" in results["advice"][0]["title"]


def test_scores_are_those_of_the_window_and_not_of_the_picked_epoch(made):
    stored = judge_stored(made())
    for model in stored.results.models:
        raw = model.best["val_binary_crossentropy"].mean
        found = model.best_corrected["val_binary_crossentropy"]
        value, error = found.mean, found.error
        assert raw < value < raw + 0.05
        runs = stored.results.runs_of(model.name)
        mean = np.mean([run.verdict.evidence["best_corrected"] for run in runs])
        assert value == pytest.approx(mean)
        assert 0.3 / math.sqrt(ROWS) < error < 0.6 / math.sqrt(ROWS)
        accuracy = model.best_corrected["val_accuracy"].mean
        assert accuracy == pytest.approx(0.65, abs=0.02)


def test_differences_are_those_of_the_scores(made):
    results = judge_stored(made()).results
    scores = {m.name: m.best_corrected for m in results.models}
    for pair in results.comparisons:
        for metric, found in pair.metrics.items():
            truth = scores[pair.a][metric].mean - scores[pair.b][metric].mean
            assert found.value == pytest.approx(truth)
            assert found.interval[0] < truth < found.interval[1]


def test_with_one_repeat_it_says_so(made):
    results = judge_stored(made(repeats=1)).results
    assert {pair.about for pair in results.comparisons} == {"networks"}
    assert "trained runs" in results.advice[0].text
    assert results.runs[0].verdict.source == "Tiny"


def test_without_row_losses_it_judges_by_the_curves_and_compares_nothing(made):
    results = judge_stored(made(rows=False)).results
    assert results.comparisons == ()
    assert [m.verdict.label for m in results.models][1] == "overfit"
    for model in results.models:
        assert model.verdict.evidence["rise_test"] == "curve"
        assert set(model.best_corrected) == {"val_binary_crossentropy"}
    assert "No other model here is surely better" in results.advice[0].text


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no", b"garbage"])
def test_damaged_row_losses_are_none(made, damage):
    stored = made()
    stored.folder.rows("large", 0).write_bytes(damage)
    results = judge_stored(stored).results
    assert [(p.a, p.b) for p in results.comparisons] == [("Tiny", "Combined")]
    assert results.models[1].verdict.label == "overfit"


def test_the_plan_keeps_the_best_epoch_of_those_who_follow_it(tmp_path: Path):
    made = document({"Large": GUIDE["Large"], "Trees": (HGB(), ["models"])}, repeats=2)
    plan = Plan(stopping=EarlyStopping(restore_best_weights=True)).as_dict()
    stored = write_study(tmp_path / "s", made.model_copy(update={"plan": plan}), 300)
    network, trees = (
        model.verdict.cost.training_on for model in judge_stored(stored).results.models
    )
    assert (network.value, network.against) == (0.0, "its best epoch, which is kept")
    assert trees.against == "its best round"


def test_a_diverged_and_a_very_short_run(made):
    results = judge_stored(made(diverged=["Large"])).results
    assert results.runs[5].verdict.label == "unstable"
    json.dumps(results.as_dict(), allow_nan=False)
    short = judge_stored(made(epochs=1, repeats=1)).results
    assert {model.verdict.label for model in short.models} == {"too few"}
    assert len(short.comparisons) == 3, "their rows can be compared all the same"
    assert short.advice[0].title.startswith("Tiny, Large and Combined")


def test_underfit_beside_another_model(made):
    stored = made({"Tiny": GUIDE["Tiny"], "Combined": GUIDE["Combined"]})
    worse = pl.when(pl.col("model") == "Tiny").then(0.08).otherwise(0.0)
    curves = ("binary_crossentropy", "val_binary_crossentropy")
    histories = stored.histories.with_columns(pl.col(name) + worse for name in curves)
    stored = with_rows(StoredStudy(stored.folder, stored.document, histories, stored.results))
    for run in stored.results.runs:
        for which in (run.best, run.final):
            which["fit_binary_crossentropy"] = 0.6 if run.model == "Tiny" else 0.5
    results = judge_stored(stored).results
    tiny, combined = (model.verdict for model in results.models)
    assert (tiny.label, tiny.evidence["reference_kind"]) == ("underfit", "Combined")
    assert combined.label == "good"
    for run in results.runs_of("Tiny"):  # runs that still improve say so and stay
        assert run.verdict.label in ("underfit", "improving")
    assert "Tiny learns less than this table allows" in " ".join(
        entry.title for entry in results.advice
    )


def test_an_executed_study_is_judged(tmp_path):
    models = {"A": (MLP(4), ("g",)), "B <&>": (MLP(8), ("g",))}
    definition = Definition(
        (made_up_split(),), Plan(max_epochs=30, batch_size=60), models, repeats=2
    )
    stored = execute(definition, tmp_path / "s")
    assert stored.results.judged
    assert not stored.folder.checkpoints.exists()
    (pair,) = stored.results.comparisons
    accuracy = pair.metrics["val_accuracy"]
    assert pair.about == "models"
    assert -1 < accuracy.interval[0] < accuracy.interval[1] < 1

    again = judge(stored.document, stored.folder, stored.results.runs, stored.histories)
    assert again == stored.results, "judging is repeatable"
    before = stored.folder.results.stat().st_mtime_ns
    assert execute(definition, tmp_path / "s", resume=True).results == stored.results
    assert stored.folder.results.stat().st_mtime_ns == before, "nothing was left to do"

    # Correct is what has less loss than a coin: counted over rows it is the epoch's accuracy.
    first = pl.col("model").eq("A") & pl.col("repeat").eq(0)
    with np.load(stored.folder.rows("a", 0)) as kept:
        counted = (kept["losses"] < np.log(2)).mean(axis=1)
        logged = stored.histories.filter(first)["val_accuracy"].to_numpy()[kept["epoch"]]
    np.testing.assert_allclose(counted, logged, atol=1e-6)


def test_an_older_folder_is_filled_in_unless_somebody_works_in_it(made):
    stored = made()
    assert not stored.results.judged
    with locked(stored.folder.path):
        judged = store_judged(stored)
        assert not read_results(stored.folder.results).judged
    assert judged.results.judged
    store_judged(stored)
    assert read_study(stored.folder.path).results == judged.results


def test_whoever_came_first_keeps_the_checkpoints(made, monkeypatch):
    stored = made()
    theirs = stored.folder.checkpoints / "large" / "0.npz"

    @contextmanager
    def taken(_):
        theirs.parent.mkdir(parents=True)
        theirs.write_bytes(b"checkpoint")
        raise UserError("another fitscope is training in this folder")
        yield

    monkeypatch.setattr("fitscope.study.judge.locked", taken)
    assert store_judged(stored).results.judged
    assert theirs.exists()


def test_many_runs_are_judged_within_seconds(tmp_path):
    import time

    study = with_rows(write_study(tmp_path / "s", document(GUIDE, repeats=2), epochs=400))
    start = time.process_time()
    judge_stored(study)
    assert time.process_time() - start < 6  # about 0.5 s on a free core


def test_a_run_that_ended_at_once_is_not_forgotten(made):
    stored = made({"Tiny": GUIDE["Tiny"]})
    short = (pl.col("repeat") < 2) | (pl.col("epoch") < 1)
    runs = [replace(run, epochs=1) if run.repeat == 2 else run for run in stored.results.runs]
    folder, document_ = stored.folder, stored.document
    results = judge(document_, folder, runs, stored.histories.filter(short))
    assert results.runs[2].verdict.label == "too few"
    explained = results.models[0].verdict.explanation
    assert explained.startswith("2 of 3 runs fit well")
    assert "Of the others, 1 was too short to judge" in explained
    lost = stored.histories.with_columns(
        pl.when(pl.col("repeat") == 1).then(math.nan).otherwise(pl.col(name)).alias(name)
        for name in ("binary_crossentropy", "val_binary_crossentropy")
    )
    results = judge(document_, folder, stored.results.runs, lost)
    assert results.runs[1].verdict is None
    explained = results.models[0].verdict.explanation
    assert explained.startswith("1 of 3 runs left nothing to judge")


def test_a_plainer_version_shows_overfitting_and_what_it_costs(made):
    """Wide's curve falls to the end, as Tiny's does; it fits better and validates worse."""
    models = {"Tiny": GUIDE["Tiny"], "Wide": (MLP(64), ["sizes"])}
    stored = made(models)
    shifted = {"binary_crossentropy": -0.1, "val_binary_crossentropy": 0.06}
    wide = pl.col("model") == "Wide"
    histories = stored.histories.with_columns(
        pl.col(name) + pl.when(wide).then(by).otherwise(0.0) for name, by in shifted.items()
    )
    stored = with_rows(StoredStudy(stored.folder, stored.document, histories, stored.results))
    for run in stored.results.runs:
        for which in (run.best, run.final):
            which["fit_binary_crossentropy"] = 0.4 if run.model == "Wide" else 0.5
    results = judge_stored(stored).results
    tiny, wide = (results.model(name).verdict for name in ("Tiny", "Wide"))
    assert tiny.label != "overfit"
    assert tiny.cost.richness is None
    assert (wide.label, wide.onset_epoch, wide.cost.richness.against) == ("overfit", None, "Tiny")
    assert wide.cost.richness.value == pytest.approx(0.06, abs=0.02)
    assert wide.cost.richness.chance > 0.97
    assert {run.verdict.label for run in results.runs_of("Wide")} == {"overfit"}
    assert results.advice[0].title.startswith("Wide overfits (")
    assert results.advice[0].title.endswith("; a smaller model (Tiny) mends it")
    again = Results.from_dict(json.loads(json.dumps(results.as_dict())))
    assert again.model("Wide").verdict.cost == wide.cost
