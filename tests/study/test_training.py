"""Studies that grow while they are trained: the same numbers, deadlines, what is left of them."""

from __future__ import annotations

import json
import signal
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from forks import Program
from study.made_up import made_up_split

from fitscope.data.split import Split
from fitscope.diagnosis.around_best import AroundBest
from fitscope.errors import UserError
from fitscope.learners.base import Watching
from fitscope.learners.constant import Constant
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.study import executor
from fitscope.study.definition import Definition, Planned
from fitscope.study.events import RunFinished, RunGivenUp, RunProgress, StudyGrown
from fitscope.study.execute import execute
from fitscope.study.folder import read_histories, read_study
from fitscope.study.rounds import read_rounds, row_scores
from fitscope.study.snapshot import read_running
from fitscope.study.subset import subset
from fitscope.study.training import training

PLAN = Plan(batch_size=60, max_epochs=12)
TINY, TREES = MLP(4), HGB(max_iter=8)


def definition(plan=PLAN, splits=None, **more):
    return Definition(splits or (made_up_split(),), plan, seed=3, **more)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    """All models of the tests below as one study of today."""
    models = {"Tiny": (TINY, ("m",)), "Trees": (TREES, ("m",))}
    path = tmp_path_factory.mktemp("once") / "out"
    return execute(definition(models=models, repeats=2), path, jobs=1)


def curves(stored, model, repeat=0):
    import polars as pl

    return stored.histories.filter((pl.col("model") == model) & (pl.col("repeat") == repeat))


def test_a_study_that_grows_has_the_numbers_of_one_made_at_once(at_once, tmp_path):
    events = []
    watch = lambda _: nullcontext(events.append)  # noqa: E731
    with training(definition(), tmp_path / "out", jobs=1, watch=watch) as study:
        (first,) = study.train({"Tiny": Planned(TINY, ("m",))})
        assert first.model == "Tiny"
        assert study.judged().results.model("Tiny").verdict is not None
        runs = study.train({"Trees": Planned(TREES, ("m",), 2), "Tiny": Planned(TINY, ("m",), 2)})
        assert [(run.model, run.repeat) for run in runs] == [
            ("Trees", 0), ("Trees", 1), ("Tiny", 0), ("Tiny", 1)
        ]  # fmt: skip
        stored = study.complete()
    assert not (tmp_path / "out" / "checkpoints").exists()
    assert stored.histories.equals(at_once.histories)
    assert stored.results.comparisons == () or [
        one.as_dict() for one in stored.results.comparisons
    ] == [one.as_dict() for one in at_once.results.comparisons]
    assert read_study(tmp_path / "out").results == stored.results
    grown = [len(one.document.models) for one in events if isinstance(one, StudyGrown)]
    assert grown == [1, 2]


def test_a_deadline_gives_up_what_is_not_done(tmp_path, monkeypatch):
    """The clock stands still until the run that never ends has begun."""
    clock, until = [0.0], 3_600.0
    monkeypatch.setattr(executor, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    events, endless = [], Plan(batch_size=60, max_epochs=10**6, stopping=None)
    out = tmp_path / "out"

    def watch(event):
        events.append(event)
        if isinstance(event, RunProgress) and event.model == "Tiny":
            clock[0] = until

    opened = training(definition(endless), out, watch=lambda _: nullcontext(watch), jobs=1)
    with opened as study:
        study.train({"Trees": Planned(TREES)})
        models = {"Tiny": Planned(TINY, repeats=2), "Never": Planned(MLP(5))}
        assert study.train(models, until) == ()
        given_up = [(one.model, one.repeat) for one in events if isinstance(one, RunGivenUp)]
        assert given_up == [("Tiny", 0)]
        assert study.train(models, until) == (), "nothing is begun after it"
        # the workers can take other work
        assert len(study.train({"More trees": Planned(HGB(max_iter=3))})) == 1
        stored = study.complete()
    assert [entry.name for entry in stored.document.models] == ["Trees", "More trees"]
    assert {run.model for run in read_study(out).results.runs} == {"Trees", "More trees"}
    finished = [one.model for one in events if isinstance(one, RunFinished)]
    assert finished == ["Trees", "More trees"]
    document = json.loads((out / "study.json").read_text())
    assert [entry["name"] for entry in document["models"]] == ["Trees", "More trees"]


GROWS = """
import sys
import time
from contextlib import nullcontext
from pathlib import Path
sys.path.insert(0, {tests!r})
from study.test_training import grow

def watch(event):
    if f"{{type(event).__name__}} {{getattr(event, 'model', '')}}" == {moment!r}:
        print("now", flush=True)
        time.sleep(600)  # to be killed

grow(Path({out!r}), watch)
"""


def grow(out, watch, resume=False):
    """A model, then more runs of it and another one on fewer rows; two folds."""
    splits, places = fold_splits()
    plan = Plan(batch_size=60, max_epochs=300, stopping=None)
    given = definition(plan, splits, places=places)
    opened = training(given, out, resume=resume, jobs=1, watch=lambda _: nullcontext(watch))
    with opened as study:
        study.train({"Trees": Planned(TREES, repeats=3)})
        study.train({"Tiny": Planned(TINY, repeats=3), "Part": Planned(TINY, rows=50, repeats=3)})
        return study.complete()


@pytest.mark.parametrize("moment", ["RunProgress Tiny", "RunFinished Part"])
def test_killed_and_resumed_equals_uninterrupted(moment, grown_study, tmp_path):
    out = tmp_path / "out"
    tests = str(Path(__file__).resolve().parents[1])
    program = Program("-c", GROWS.format(tests=tests, out=str(out), moment=moment))
    assert program.stdout.readline() == "now\n"
    assert program.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert not read_running(out).complete
    again = grow(out, lambda _: None, resume=True)
    assert again.histories.equals(grown_study.histories)
    assert read_histories(out / "subsets.parquet").equals(
        read_histories(grown_study.folder.subsets)
    )
    for mine, theirs in zip(
        (*again.results.runs, *again.results.subsets),
        (*grown_study.results.runs, *grown_study.results.subsets),
        strict=True,
    ):
        assert replace(mine, seconds=0).as_dict() == replace(theirs, seconds=0).as_dict()
    pairs = [one.as_dict() for one in again.results.comparisons]
    assert pairs == [one.as_dict() for one in grown_study.results.comparisons]


@pytest.fixture(scope="module")
def grown_study(tmp_path_factory):
    return grow(tmp_path_factory.mktemp("grown") / "out", lambda _: None)


def test_an_application_keeps_what_it_likes(tmp_path):
    out = tmp_path / "out"
    with training(definition(application={"tried": []}), out, jobs=1) as study:
        study.train({"Trees": Planned(TREES)})
        study.note({"tried": ["L2"]})
    with training(definition(application={"tried": []}), out, resume=True) as study:
        assert study.document.application == {"tried": ["L2"]}
        stored = study.complete()
    assert stored.document.application == {"tried": ["L2"]}


def fold_splits(features=(2, 2, 2)):
    """Three folds of one table; their encodings may have other numbers of features."""
    whole = made_up_split(180, 0 + 1)
    x, y = whole.x_train, whole.y_train
    places = [np.arange(fold, 180, 3) for fold in range(3)]
    splits = []
    for at, count in zip(places, features, strict=True):
        wide = np.concatenate([x, np.tile(x[:, :1], (1, count - 2))], axis=1)
        rest = np.setdiff1d(np.arange(180), at)
        splits.append(Split(wide[rest], y[rest], wide[at], y[at]))
    return tuple(splits), tuple(places)


def test_folds_train_as_each_would_by_itself(tmp_path):
    splits, places = fold_splits((2, 3, 2))
    models = {"Tiny": Planned(TINY, repeats=6), "Trees": Planned(TREES, repeats=6)}
    with training(definition(splits=splits, places=places), tmp_path / "folds", jobs=1) as study:
        study.train(models)
        stored = study.complete()
    document = stored.document
    assert document.data.folds == 3
    assert len(document.data.constants) == 3
    fold, model = 1, {"Tiny": Planned(TINY, repeats=5)}
    with training(definition(splits=(splits[fold],)), tmp_path / "alone", jobs=1) as study:
        study.train(model)
        alone = study.complete()
    assert document.data.constants[fold] == alone.document.data.constant
    for repeat in (fold, fold + 3):
        mine, theirs = (
            next(run for run in one.results.runs_of("Tiny") if run.repeat == repeat)
            for one in (stored, alone)
        )
        assert curves(stored, "Tiny", repeat).equals(curves(alone, "Tiny", repeat))
        assert (mine.best, mine.final) == (theirs.best, theirs.final)
        rows = [np.load(one.folder.rows("tiny", repeat)) for one in (stored, alone)]
        assert np.array_equal(*(file["losses"] for file in rows))
    (pair,) = stored.results.comparisons
    assert pair.repeats == (6, 6), "of two rounds"
    assert pair.about == "models"
    assert read_study(tmp_path / "folds").results == stored.results


def test_rows_of_a_round_stand_as_in_the_table(tmp_path):
    splits, places = fold_splits()
    with training(definition(splits=splits, places=places), tmp_path / "out", jobs=1) as study:
        study.train({"Constant": Planned(Constant(), repeats=5)})
        stored = study.judged()
        rounds = read_rounds(stored.document, stored.folder)
    y = made_up_split(180, 1).y_train
    parts = [
        Constant().fit(one, PLAN, seed=0, repeats=[0], watching=Watching())[0].row_losses[0]
        for one in splits
    ]
    assert rounds is not None
    losses = rounds.whole(parts)
    each = {run: AroundBest({"l": part}, {"l": 0.1}) for run, part in enumerate(parts)}
    scores = row_scores("Constant", each, 3, rounds)
    assert scores is not None
    assert np.array_equal(scores.metrics["l"], losses[None])
    for fold, at in enumerate(places):
        share = splits[fold].y_train.mean(dtype=np.float64)
        expected = -np.log(np.where(y[at] > 0, share, 1 - share))
        np.testing.assert_allclose(losses[at], expected, rtol=1e-6)
    assert scores.errors["l"] == pytest.approx([0.1 / 3**0.5])


def test_runs_on_fewer_rows_stand_apart(tmp_path):
    out = tmp_path / "out"
    models = {
        "Trees": Planned(TREES),
        "Trees on 60": Planned(TREES, rows=60, repeats=2),
        "Tiny on 60": Planned(TINY, rows=60, repeats=2),
    }
    with training(definition(), out, jobs=1) as study:
        runs = study.train(models)
        assert [run.model for run in runs] == ["Trees", *2 * ["Trees on 60"], *2 * ["Tiny on 60"]]
        stored = study.complete()
    assert [entry.name for entry in stored.document.models] == ["Trees"]
    assert [model.name for model in stored.results.models] == ["Trees"]
    assert stored.histories["model"].unique().to_list() == ["Trees"]
    apart = read_histories(stored.folder.subsets)
    assert apart["model"].unique(maintain_order=True).to_list() == ["Trees on 60", "Tiny on 60"]
    for slug in ("trees-on-60", "tiny-on-60"):
        for run in (0, 1):
            assert np.load(stored.folder.rows(slug, run))["losses"].shape[1] == 60
    part = subset(made_up_split(), 60, seed=3, repeat=1)
    with training(definition(splits=(part,)), tmp_path / "part", jobs=1) as study:
        study.train({"Trees": Planned(TREES, repeats=2)})
        alone = study.complete()
    kept = [
        np.load(one.folder.rows(slug, 1))["losses"]
        for one, slug in ((stored, "trees-on-60"), (alone, "trees"))
    ]
    assert np.array_equal(*kept)
    with training(definition(), out, resume=True) as study:  # nothing is trained again
        assert len(study.train(models)) == 5
        assert study.complete().results == stored.results


def test_a_name_stands_for_one_learner(tmp_path):
    with training(definition(), tmp_path / "out", jobs=1) as study:
        study.train({"Trees": Planned(TREES)})
        with pytest.raises(UserError, match="Trees: the study has another model of that name"):
            study.train({"Trees": Planned(HGB(max_iter=9))})
        with pytest.raises(UserError, match="more than any machine can train"):
            study.train({"Huge": Planned(MLP(100_000, 100_000))})
        stored = study.complete()
    assert [entry.name for entry in stored.document.models] == ["Trees"]
