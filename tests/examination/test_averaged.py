"""Families that are better together are averaged, tested, told of and used so everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from examination.by_hand import begun, concluded
from sklearn.metrics import mean_squared_error

import fitscope as fs
from fitscope.examination import budget
from fitscope.examination.brief import brief
from fitscope.examination.frames import ladder_frame
from fitscope.examination.lines import LADDER, ladder, taken_loss
from fitscope.examination.page.views.answer import content
from fitscope.examination.select import choose
from fitscope.examination.stages import refit as stage
from fitscope.examination.stages.refit import refit, reserve, to_take
from fitscope.learners.constant import Constant
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.serving.served import serve
from fitscope.study.answer import Answer
from fitscope.study.definition import Planned
from fitscope.study.folder import read_study

RUNGS = {"constant": Constant(), "linear": MLP(), "hgb": HGB(max_iter=8)}


def numbers(rows=600):
    """A line, which few trees approach by steps, and steps, which a line misses."""
    x, z, noise = np.random.default_rng(0).normal(size=(3, rows))
    return pl.DataFrame({"x": x, "z": z, "y": 2 * x + 2 * (np.abs(z) < 0.7) + noise / 4})


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    out = tmp_path_factory.mktemp("averaged") / "out"
    with begun(out, numbers(), "linear,hgb", RUNGS) as (course, prepared):
        course.train({name: Planned(one, (LADDER,)) for name, one in RUNGS.items()}, "ladder")
        reserve(course)
        taken = to_take(course)
        runs = {run.model: run for run in course.runs}
        epochs = {"hgb": None, "linear": runs["linear"].best_epoch + 1}
        kept = [
            course.seconds("new", Planned(RUNGS[name], rows=480, refits=name, epochs=epochs[name]))
            for name in taken
        ]
        assert course.reserved == pytest.approx(sum(kept))
        refit(course, taken)
        found = concluded(course)
    return out, prepared, found


def test_each_is_trained_anew_and_the_average_is_what_is_tested(examined):
    out, prepared, found = examined
    taken = found.recommended
    assert sorted(taken.models) == ["hgb", "linear"]
    assert {part.refit for part in taken.parts} == {"hgb on all 480 rows", "linear on all 480 rows"}
    rows = numbers()[prepared.parts[0].test]
    alone = [serve(out, model).predict(rows) for model in taken.models]
    average = np.mean(alone, axis=0)
    np.testing.assert_allclose(fs.load(out).predict(rows), average, rtol=1e-6)
    scored = found.test["mean_squared_error"].value
    assert scored == pytest.approx(mean_squared_error(rows["y"], average), rel=1e-4)


def test_it_says_what_is_averaged_and_what_that_buys(examined):
    out, _, found = examined
    first, second = found.recommended.models
    assert (
        f"Take {first} and {second}, averaged with equal weights, trained anew on all rows that do "
        f"not test. Averaged they lose "
    ) in found.words
    assert f" % less than {first} alone, the best of them." in found.words
    stored = read_study(out)
    lines = ladder(stored)
    assert {line.rung.model for line in lines if line.taken} == {"hgb", "linear"}
    title, said = brief(found, lines, stored.document.task)
    assert title.endswith(f"take {first} and {second}, averaged")
    assert any(one.startswith(f"{first} and {second}, averaged, lose ") for one in said)
    tiles = content(stored)["tiles"]
    assert tiles[0][2].startswith("the average of 2 models, ")
    assert tiles[-1][2].endswith("2 of the models to take learnt anew from 480")


def test_an_average_is_read_as_it_was_written_and_older_answers_are_single_models(examined):
    stored = json.loads((examined[0] / "results.json").read_text())
    assert Answer.from_dict(stored).recommended == examined[2].recommended
    del stored["recommended"]["beside"]
    assert Answer.from_dict(stored).recommended.models == examined[2].recommended.models[:1]


def test_the_loss_of_an_average_is_drawn_within_the_frame_and_beside_losses_alone(examined):
    stored = read_study(examined[0])
    lines, answer, task = ladder(stored), examined[2], stored.document.task
    taken = taken_loss(task, answer, lines)
    assert taken == answer.validation.value
    low, high = ladder_frame(lines, taken=-1.0)
    assert low < -1.0 < ladder_frame(lines)[0] < ladder_frame(lines)[1] <= high
    assert taken_loss(task, replace(answer, metric=task.score.name), lines) is None


def test_what_is_not_worth_another_model_is_not_averaged_on_a_single_row_either():
    rows = {"linear": np.array([1.0]), "hgb": np.array([1.0])}
    families = {"linear": "mlp", "hgb": "hgb"}
    assert choose(rows, families, lambda _: np.array([0.999])) == ("linear",)


def test_each_is_trained_anew_once_before_any_is_twice(monkeypatch):
    """Of 10 seconds three models take 4, 4 and 30 a run: two have one, none has two."""
    seconds = {"a": 4.0, "b": 4.0, "slow": 30.0}
    entry, trained = SimpleNamespace(learner=MLP(16)), {}

    def fitting(wanted, _):
        costed = [((name, one), seconds[one.refits] * one.repeats) for name, one in wanted.items()]
        chosen, rest = budget.fitting(costed, left, 1)
        return dict(chosen), [name for name, _ in rest]

    def train(planned, _):
        trained.update({one.refits: one.repeats for one in planned.values()})

    course = SimpleNamespace(
        folds=1,
        say=lambda _: None,
        learner=lambda _: entry.learner,
        measured=lambda *_: {name: SimpleNamespace(rounds=2) for name in seconds},
        fitting=fitting,
        train=train,
        runs=(),
        note=lambda **_: None,
    )
    monkeypatch.setattr(
        stage, "_planned", lambda _, name: Planned(entry.learner, ("refit",), 1, 480, name, 9)
    )
    left = 10.0
    refit(course, list(seconds))
    assert trained == {"a": 1, "b": 1}
    left = 17.0
    refit(course, list(seconds))
    assert trained == {"a": 2, "b": 2}
