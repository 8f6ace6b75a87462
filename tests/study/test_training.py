"""Studies that grow while they are trained: the same numbers, deadlines, what is left of them."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext

import pytest
from study.made_up import made_up_split

from fitscope.errors import UserError
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.study.definition import Definition, Planned
from fitscope.study.events import RunFinished, RunGivenUp, RunProgress, StudyGrown
from fitscope.study.execute import execute
from fitscope.study.folder import read_study
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
    return execute(definition(models=models, repeats=2), path)


def curves(stored, model, repeat=0):
    import polars as pl

    return stored.histories.filter((pl.col("model") == model) & (pl.col("repeat") == repeat))


def test_a_study_that_grows_has_the_numbers_of_one_made_at_once(at_once, tmp_path):
    events = []
    watch = lambda _: nullcontext(events.append)  # noqa: E731
    with training(definition(), tmp_path / "out", watch=watch) as study:
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


def test_a_deadline_gives_up_what_is_not_done(tmp_path):
    events, longest = [], Plan(batch_size=60, max_epochs=10**6, stopping=None)
    out = tmp_path / "out"
    watch = lambda _: nullcontext(events.append)  # noqa: E731
    with training(definition(longest), out, watch=watch, jobs=2) as study:
        study.train({"Trees": Planned(TREES)})
        began = time.monotonic()
        models = {"Tiny": Planned(TINY, repeats=2), "Never": Planned(MLP(5))}
        assert study.train(models, until=began + 6) == ()
        assert 5 < time.monotonic() - began < 9
        given_up = [(one.model, one.repeat) for one in events if isinstance(one, RunGivenUp)]
        assert given_up == [("Tiny", 0), ("Tiny", 1)]
        done = max(one.epochs for one in events if isinstance(one, RunProgress))
        assert done > 0
        # the workers can take other work
        assert len(study.train({"More trees": Planned(HGB(max_iter=3))})) == 1
        stored = study.complete()
    assert [entry.name for entry in stored.document.models] == ["Trees", "More trees"]
    assert {run.model for run in read_study(out).results.runs} == {"Trees", "More trees"}
    finished = [one.model for one in events if isinstance(one, RunFinished)]
    assert finished == ["Trees", "More trees"]
    document = json.loads((out / "study.json").read_text())
    assert [entry["name"] for entry in document["models"]] == ["Trees", "More trees"]


def test_an_application_keeps_what_it_likes(tmp_path):
    out = tmp_path / "out"
    with training(definition(application={"tried": []}), out) as study:
        study.train({"Trees": Planned(TREES)})
        study.note({"tried": ["L2"]})
    with training(definition(application={"tried": []}), out, resume=True) as study:
        assert study.document.application == {"tried": ["L2"]}
        stored = study.complete()
    assert stored.document.application == {"tried": ["L2"]}


def test_a_name_stands_for_one_learner(tmp_path):
    with training(definition(), tmp_path / "out") as study:
        study.train({"Trees": Planned(TREES)})
        with pytest.raises(UserError, match="Trees: the study has another model of that name"):
            study.train({"Trees": Planned(HGB(max_iter=9))})
        with pytest.raises(UserError, match="more than any machine can train"):
            study.train({"Huge": Planned(MLP(100_000, 100_000))})
        stored = study.complete()
    assert [entry.name for entry in stored.document.models] == ["Trees"]
