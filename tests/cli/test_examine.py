"""`fitscope examine` as a user gives it: what it prints, what it leaves, how it refuses."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli.refused import refused
from forks import Program

from fitscope.diagnosis.rules import UNDECIDED

FAST = ("--learners", "hgb", "--folds", "1", "--budget", "1h", "--jobs", "1")
"""All that can be tried on trees is tried within seconds, long before the budget ends."""


def made_up(rows=250, seed=0):
    """A number and a category say something of the target, another number nothing."""
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, rows))
    colour = random.choice(["red", "green", "blue"], rows)
    y = 3 * x + 2 * (colour == "red") + random.normal(size=rows) > 0.7
    return pl.DataFrame({"x": x, "z": z, "colour": colour, "bought": np.where(y, "yes", "no")})


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "shop.csv"
    made_up().write_csv(path)
    return path


COMMAND = ("-m", "fitscope.cli.main", "examine")


@pytest.fixture(scope="module")
def examined(table, tmp_path_factory):
    """An examination run as its own process with its output in a pipe, started as users do."""
    out = tmp_path_factory.mktemp("study") / "shop"
    process = subprocess.run(
        [sys.executable, *COMMAND, table, "--target", "bought", *FAST, "--out", out],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert process.returncode == 0, process.stderr
    return out, process.stdout


def numbers(stored):
    """results.json without the seconds that runs took."""
    if isinstance(stored, dict):
        return {name: numbers(value) for name, value in stored.items() if name != "seconds"}
    return [numbers(one) for one in stored] if isinstance(stored, list) else stored


def test_it_prints_plainly_and_leaves_everything(examined):
    out, printed = examined
    assert "\x1b" not in printed, "output piped to a file stays plain"
    assert "250 rows" in printed
    assert "bought is to be predicted" in printed
    assert "Take " in printed
    assert printed.rstrip().endswith("report.html")
    for name in ("study.json", "results.json", "report.html", "encodings/0.json"):
        assert (out / name).stat().st_size > 0
    assert not (out / "checkpoints").exists()


def test_results_hold_the_answer(examined):
    out, _ = examined
    results = json.loads((out / "results.json").read_text())
    assert results["rows"] == {"train": 150, "validation": 50, "test": 50, "folds": 1}
    assert results["metric"] == "binary_crossentropy"
    assert [rung["model"] for rung in results["rungs"]][:2] == ["constant", "hgb 8 leaves"]
    assert results["recommended"]["model"] in {model["name"] for model in results["models"]}
    loss = results["test"]["binary_crossentropy"]
    assert loss["low"] < loss["value"] < loss["high"]
    assert set(results["test"]) == {"binary_crossentropy", "accuracy"}
    assert {column["name"] for column in results["columns"]} == {"x", "z", "colour", "bought"}
    for remedy in results["remedies"]:
        low, high = remedy["interval"]
        assert low <= remedy["difference"] <= high
        assert 0 <= remedy["sure"] <= 1


def test_the_stored_study_run_again_gives_the_same(examined, call, tmp_path):
    out, _ = examined
    words = ("examine", out / "study.json", "--out", tmp_path / "again", "--json")
    status, printed, error = call(*words)
    assert status == 0, error
    first = json.loads((out / "results.json").read_text())
    assert numbers(json.loads(printed)) == numbers(first), "--json prints nothing else"


def test_report_remakes_the_page_and_keeps_the_answer(examined, call):
    out, _ = examined
    before = json.loads((out / "results.json").read_text())
    (out / "report.html").unlink()
    status, printed, _ = call("report", out)
    assert status == 0
    assert printed.strip().endswith("report.html")
    assert (out / "report.html").stat().st_size > 0
    assert json.loads((out / "results.json").read_text()) == before


def test_resume_of_a_finished_examination_trains_nothing(examined, call):
    out, _ = examined
    before = (out / "results.json").read_bytes()
    status, printed, error = call("examine", "--resume", "--out", out, "--json")
    assert (status, error) == (0, "")
    assert json.loads(printed) == json.loads(before)
    assert (out / "results.json").read_bytes() == before


def test_resume_draws_the_page_of_an_answer_that_was_ended_while_it_was_drawn(
    examined, call, tmp_path
):
    out = tmp_path / "shop"
    shutil.copytree(examined[0], out)
    (out / "report.html").unlink()
    (out / "figures" / ".ladder.svg.1.part").touch()
    before = (out / "results.json").read_bytes()
    assert call("examine", "--resume", "--out", out)[0] == 0
    assert (out / "report.html").exists()
    assert not list(out.rglob("*.part"))
    assert (out / "results.json").read_bytes() == before


def test_a_finished_examination_takes_more_time_and_says_that_it_looks_again(
    examined, call, tmp_path
):
    out = tmp_path / "shop"
    shutil.copytree(examined[0], out)
    again = ("examine", "--resume", "--out", out, "--json", "--budget")
    assert "another --budget" in refused(call(*again, "30m"))
    status, printed, _ = call(*again, "2h")
    assert status == 0
    first = json.loads((examined[0] / "results.json").read_text())
    found = json.loads(printed)
    assert (first["looks"], found["looks"]) == (1, 2)
    assert "looked at once" in first["words"]
    assert found["words"] == first["words"].replace("looked at once", "looked at twice")
    assert numbers(found["test"]) == numbers(first["test"]), "all was tried before"
    assert call(*again[:-1])[0] == 0, "and without a budget it has its answer"


def test_what_was_found_can_end_it_with_status_3(examined, call):
    out, _ = examined
    results = json.loads((out / "results.json").read_text())
    decided = [rung for rung in results["rungs"] if (rung["confidence"] or 0) >= UNDECIDED]
    label = min(rung["label"] for rung in decided)
    again = ("examine", "--resume", "--out", out, "--json", "--fail-on")
    status, _, error = call(*again, f"FS101,{label.replace(' ', '-')}")
    found = [f"{rung['model']} ({label})" for rung in decided if rung["label"] == label]
    assert (status, error) == (3, f"fitscope: --fail-on: {', '.join(found)}\n")
    assert call(*again, "FS101")[0] == 0


def test_one_that_was_ended_twice_goes_on(table, examined, tmp_path):
    out = tmp_path / "study"
    words = [table, "--target", "bought", *FAST, "--out", out]
    for end in (signal.SIGTERM, signal.SIGKILL):
        before = written_at(out)
        program = Program(*COMMAND, *words)
        while written_at(out) == before and program.process.poll() is None:
            time.sleep(0.02)
        status, _, said = program.end(end)
        if end == signal.SIGTERM:
            assert status == 130
            assert "Stopped. Go on with: fitscope examine" in said
            assert "--resume" in said
            words.append("--resume")
        else:
            assert status == -signal.SIGKILL
    status, printed, said = Program(*COMMAND, *words, "--json").end()
    assert status == 0, said
    uninterrupted = json.loads((examined[0] / "results.json").read_text())
    assert json.loads(printed)["recommended"] == uninterrupted["recommended"]


def written_at(out):
    """When results were last written to a folder."""
    results = out / "results.json"
    return results.stat().st_mtime_ns if results.exists() else None


def written(tmp_path, frame, name="table.csv"):
    path = tmp_path / name
    frame.write_csv(path)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a table"),
        (("gone.csv", "--target", "y"), "no such file"),
        (("TABLE",), "--target"),
        (("TABLE", "--target", "baught"), "bought"),
        (("TABLE", "--target", "bought", "--budget", "5"), "has no unit; say 5s or 5m"),
        (("TABLE", "--target", "bought", "--budget", "1ms"), "no length of time"),
        (("TABLE", "--target", "bought", "--drop", "colur"), "colour"),
        (("TABLE", "--target", "bought", "--metric", "auc"), "unknown metric 'auc'"),
        (
            ("TABLE", "--target", "bought", "--learners", "svm"),
            "some of linear, mlp, hgb, xgboost, lightgbm, catboost and forest",
        ),
        (("TABLE", "--target", "bought", "--task", "regression"), "regression"),
        (("TABLE", "--target", "bought", "--ignore", "FS999"), "FS999"),
        (("TABLE", "--target", "bought", "--test", "gone.csv"), "no such file"),
        (("STUDY", "--seed", "3"), "leave out --seed"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(
    table, examined, call, tmp_path, words, said
):
    names = {"TABLE": table, "STUDY": examined[0] / "study.json"}
    out = tmp_path / "study"
    error = refused(call("examine", *(names.get(word, word) for word in words), "--out", out))
    assert said in error
    assert not out.exists() or not list(out.glob("*.json"))


def test_a_budget_too_short_for_one_rung_is_said(table, call, tmp_path):
    words = ("--target", "bought", "--folds", "1", "--learners", "mlp", "--budget", "1s")
    error = refused(call("examine", table, *words, "--out", tmp_path / "study"))
    assert "too short for one rung" in error


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pl.DataFrame({"x": [1.0, 2.0] * 40, "bought": ["yes"] * 80}), "yes"),
        (pl.DataFrame({"x": [1.0] * 20, "bought": ["yes", "no"] * 10}), ""),
        (pl.DataFrame({"x": [None] * 80, "bought": ["yes", "no"] * 40}, strict=False), ""),
    ],
)
def test_tables_that_nothing_can_be_learnt_from(call, tmp_path, frame, said):
    path = written(tmp_path, frame)
    error = refused(call("examine", path, "--target", "bought", "--out", tmp_path / "study"))
    assert said in error
    assert not (tmp_path / "study" / "study.json").exists()


def test_a_file_of_options_does_the_same(table, call, tmp_path):
    file = tmp_path / "examination.toml"
    file.write_text(f'table = "{table}"\ntarget = "bought"\nfolds = 0\n')
    error = refused(call("examine", file, "--out", tmp_path / "study"))
    assert "examination.toml, line 3: folds: must be auto" in error


def test_help_takes_no_time():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, fitscope.cli.main; "
            "print([m for m in ('polars', 'sklearn', 'jax', 'pydantic', 'scipy', 'numpy') "
            "if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert loaded.stdout.strip() == "[]", loaded.stderr
