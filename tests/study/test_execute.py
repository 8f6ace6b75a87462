"""Whole small studies: what they leave, and that nothing but the seed decides the numbers."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from forks import Program
from safetensors.numpy import load_file
from study.made_up import made_up_split

from fitscope.errors import UserError
from fitscope.files import is_locked
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.weights import load_weights
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition
from fitscope.study.events import RunFinished, RunProgress, RunStarted
from fitscope.study.execute import execute
from fitscope.study.folder import read_study

PLAN = Plan(batch_size=50, max_epochs=30, stopping=EarlyStopping(patience=8))
MODELS = {
    "Tiny": (MLP(4), ("sizes", "regularizers")),
    'a/b "ü" <x>': (MLP(8, dropout=0.3, l2=1e-3), ("regularizers",)),
}
LONG = """
import sys
from contextlib import nullcontext
from pathlib import Path
sys.path.insert(0, {tests!r})
from study.made_up import made_up_split
from fitscope.learners.mlp.network import MLP
from fitscope.study.execute import execute
from fitscope.study.definition import Definition
from fitscope.learners.mlp.plan import Plan

plan = Plan(batch_size=50, max_epochs={epochs}, stopping=None)
models = {{"One": (MLP(3), ("m",)), "Two": (MLP(4, dropout=0.2), ("m",))}}
definition = Definition((made_up_split(),), plan, models, repeats=2, seed=5)

def watch(event):
    print(type(event).__name__, event.model, event.repeat, getattr(event, "epoch", ""), flush=True)

try:
    given = {{"resume": {resume}, "jobs": {jobs}, "watch": lambda _: nullcontext(watch)}}
    execute(definition, Path({out!r}), **given)
except KeyboardInterrupt:
    sys.exit(130)
"""


def run(path, split, repeats=1, seed=0, models=MODELS, plan=PLAN, **options):
    definition = Definition((split,), plan, models, repeats, seed)
    return execute(definition, path, **options)


@pytest.fixture
def split():
    return made_up_split()


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    events = []
    path = tmp_path_factory.mktemp("study") / "out"
    study = run(path, made_up_split(), repeats=2, watch=lambda _: nullcontext(events.append))
    return study, events


def test_the_folder_is_what_the_contract_says(stored):
    study, _ = stored
    path = study.folder.path
    assert not (path / "checkpoints").exists()
    assert not list(path.rglob("*.part"))
    document = json.loads((path / "study.json").read_text())
    assert document["format"] == 2
    assert [m["name"] for m in document["models"]] == list(MODELS)
    assert document["models"][0]["groups"] == ["sizes", "regularizers"]
    assert document["repeats"] == 2
    assert len(document["histogram"]["counts"]) == 101
    assert set(study.results.as_dict()) == {
        "format", "task", "models", "runs", "comparisons", "advice"
    }  # fmt: skip
    columns = ["model", "repeat", "epoch", "loss", "binary_crossentropy", "accuracy", "val_loss"]
    columns += ["val_binary_crossentropy", "val_accuracy", "learning_rate"]
    assert study.histories.columns == columns
    for run_ in study.results.runs:
        mine = study.histories.filter(
            (pl.col("model") == run_.model) & (pl.col("repeat") == run_.repeat)
        )
        assert mine["epoch"].to_list() == list(range(run_.epochs))
        best = int(mine["val_binary_crossentropy"].arg_min())
        assert run_.best_epoch == best
        for name, value in run_.best.items():
            if not name.startswith("fit_"):
                assert value == mine[name][best]
        slug = study.document.entry(run_.model).slug
        for which in ("best", "last"):
            file = study.folder.weights(slug, run_.repeat, which)
            assert sum(t.size for t in load_file(file).values()) == 17 if slug == "tiny" else True
        kept = np.load(study.folder.rows(slug, run_.repeat))
        assert run_.best_epoch in kept["epoch"]
        assert run_.epochs - 1 in kept["epoch"]
        means = kept["losses"].mean(axis=1)
        seen = mine["val_binary_crossentropy"].to_numpy()[kept["epoch"]]
        np.testing.assert_allclose(means, seen, rtol=1e-5)


def test_stored_weights_give_the_stored_scores(stored, split):
    study, _ = stored
    for run_ in study.results.runs:
        entry = study.document.entry(run_.model)
        file = study.folder.weights(entry.slug, run_.repeat, "best")
        logits = np.asarray(entry.learner.apply(load_weights(file)[0], split.x_validation), float)
        losses = np.logaddexp(0, logits) - logits * split.y_validation
        assert losses.mean() == pytest.approx(run_.best["val_binary_crossentropy"], rel=1e-5)


def test_events_tell_the_whole_story(stored):
    study, events = stored
    for run_ in study.results.runs:
        mine = [e for e in events if (e.model, e.repeat) == (run_.model, run_.repeat)]
        assert isinstance(mine[0], RunStarted)
        assert isinstance(mine[-1], RunFinished)
        seen = [e for e in mine if isinstance(e, RunProgress)]
        assert [e.epoch for e in seen] == [0, *(e.epochs for e in seen[:-1])]
        assert seen[-1].epochs == mine[-1].epochs == run_.epochs


def test_a_run_does_not_depend_on_the_others(stored, split, tmp_path):
    """The same seed gives the same bits for one repeat as among two, alone as beside others."""
    study, _ = stored
    alone = run(tmp_path / "alone", split, models={"Tiny": MODELS["Tiny"]})
    expected = study.histories.filter((pl.col("model") == "Tiny") & (pl.col("repeat") == 0))
    assert alone.histories.equals(expected)
    other = run(tmp_path / "other", split, models={"Tiny": MODELS["Tiny"]}, seed=1)
    assert not other.histories["loss"].equals(expected["loss"])


def test_another_study_is_never_overwritten(stored, split):
    study, _ = stored
    path = study.folder.path
    before = (path / "study.json").read_bytes()
    with pytest.raises(UserError, match=r"holds a study already.*--resume"):
        run(path, split)
    for change, said in (
        ({"seed": 9}, "another seed"),
        ({"repeats": 5}, "another number of repeats"),
        ({"plan": Plan()}, "another plan"),
        ({"models": {"X": MODELS["Tiny"]}}, "other models"),
    ):
        with pytest.raises(UserError, match=f"holds a study with {said};"):
            run(path, split, resume=True, **{"repeats": 2, **change})
    assert (path / "study.json").read_bytes() == before
    assert run(path, split, repeats=2, resume=True).results == study.results  # nothing left to do


def test_a_folder_with_other_files_is_left_alone(split, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match="not empty and holds no study"):
        run(tmp_path, split)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(UserError, match="is a file"):
        run(tmp_path / "thesis.tex", split)


def test_a_damaged_study_is_said_to_be(stored, tmp_path):
    import shutil

    path = tmp_path / "copy"
    shutil.copytree(stored[0].folder.path, path)
    (path / "histories.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(UserError, match="damaged"):
        read_study(path)


def test_missing_weights_are_trained_again(stored, split, tmp_path):
    import shutil

    path = tmp_path / "copy"
    shutil.copytree(stored[0].folder.path, path)
    (path / "weights/tiny/1.last.safetensors").unlink()
    again = run(path, split, repeats=2, resume=True)
    assert again.histories.equals(stored[0].histories)
    assert (path / "weights/tiny/1.last.safetensors").exists()


def code(out: Path, resume: bool = False, epochs: int = 2_000, jobs: int = 1) -> str:
    tests = str(Path(__file__).resolve().parents[1])
    return LONG.format(tests=tests, out=str(out), resume=resume, epochs=epochs, jobs=jobs)


def script(out: Path, **options) -> Program:
    return Program("-c", code(out, **options))


def wait_for(program: Program, words: str) -> None:
    for line in program.stdout:
        if line.startswith(words):
            return
    pytest.fail(f"ended without {words!r}: {program.end()}")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """A study of a program and a worker that are started as a user's are."""
    path = tmp_path_factory.mktemp("whole") / "out"
    subprocess.run([sys.executable, "-c", code(path)], check=True, stdout=subprocess.DEVNULL)
    return read_study(path)


def same_numbers(a, b) -> bool:
    same = a.histories.equals(b.histories)
    for one, two in zip(a.results.runs, b.results.runs, strict=True):
        same &= replace(one, seconds=0).as_dict() == replace(two, seconds=0).as_dict()
    for which in ("best", "last"):
        for slug in ("one", "two"):
            files = (study.folder.weights(slug, 1, which) for study in (a, b))
            first, second = map(load_file, files)
            same &= all(np.array_equal(first[name], second[name]) for name in first)
    return same


@pytest.mark.parametrize(
    ("moment", "jobs"), [("RunStarted One", 1), ("RunProgress One", 2), ("RunFinished One", 1)]
)
def test_killed_and_resumed_equals_uninterrupted(moment, jobs, uninterrupted, tmp_path):
    out = tmp_path / "out"
    program = script(out, jobs=jobs)
    wait_for(program, moment)
    assert program.end(signal.SIGKILL)[0] == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while workers_of(out) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not workers_of(out), "workers outlive their parent"
    status, _, said = script(out, resume=True).end()
    assert status == 0, said
    assert same_numbers(read_study(out), uninterrupted)
    assert not (out / "checkpoints").exists()


def workers_of(out: Path) -> list[str]:
    """Processes that have a file of the study mapped or are its script."""
    found = []
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            if str(out) in maps.read_text():
                found.append(maps.parent.name)
        except OSError:
            continue
    return found


def test_ctrl_c_checkpoints_and_resume_goes_on_from_there(uninterrupted, tmp_path):
    out = tmp_path / "out"
    program = script(out)
    wait_for(program, "RunProgress One")
    status, _, said = program.end(signal.SIGINT)
    assert status == 130, said
    saved = list((out / "checkpoints").rglob("*.npz"))
    assert saved, "Ctrl-C leaves a checkpoint of what was running"
    status, printed, said = script(out, resume=True).end()
    assert status == 0, said
    lines = map(str.split, printed.splitlines())
    started = [int(words[3]) for words in lines if words[:3] == ["RunProgress", "One", "0"]]
    assert min(started) > 0, "it went on, and did not begin again"
    assert same_numbers(read_study(out), uninterrupted)


def test_two_programs_do_not_share_a_folder(tmp_path):
    out = tmp_path / "out"
    first = script(out, epochs=200_000)
    try:
        wait_for(first, "RunStarted")
        status, _, said = script(out, resume=True, epochs=200_000).end()
        assert status == 1
        assert "another fitscope is training in this folder" in said
    finally:
        first.end(signal.SIGKILL)


def test_a_folder_is_locked_until_its_report_is_written(split, tmp_path):
    seen = []
    run(tmp_path / "s", split, finish=lambda stored: seen.append(is_locked(stored.folder.path)))
    assert seen == [True]
    assert not (tmp_path / "s" / "checkpoints").exists()


def test_a_worker_that_dies_is_reported(split, tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_PLATFORMS", "nonsense")
    monkeypatch.setattr("fitscope.study.device.worker_environment", lambda *_: {})
    with pytest.raises(UserError, match="nonsense"):
        run(tmp_path / "out", split)


def test_an_unusable_folder_is_one_line(split, tmp_path):
    if os.geteuid() == 0:
        target = Path("/proc/fitscope-cannot-write-here/out")
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "out"
    with pytest.raises((UserError, FileNotFoundError)) as error:
        run(target, split)
    assert "\n" not in str(error.value)


def test_a_study_that_appears_meanwhile_is_not_taken_over(split, tmp_path, monkeypatch):
    """Between the first look at the folder and its lock another program may have used it."""
    from fitscope.study import training as module

    out, make = tmp_path / "out", module.make_document

    def slowly(*arguments):
        if not out.exists():
            monkeypatch.setattr(module, "make_document", make)
            run(out, split, models={"Tiny": MODELS["Tiny"]})
        return make(*arguments)

    monkeypatch.setattr(module, "make_document", slowly)
    with pytest.raises(UserError, match="holds a study already"):
        run(out, split, seed=1, models={"Tiny": MODELS["Tiny"]})
    assert read_study(out).document.seed == 0


def test_names_that_are_ours_too(split, tmp_path):
    names = ("lock", "rows", "weights", "CON", "..")
    stored = run(tmp_path / "out", split, models={name: (MLP(), ("m",)) for name in names})
    assert [run_.model for run_ in stored.results.runs] == list(names)
