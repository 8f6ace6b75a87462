"""The model to take is trained anew on all rows that do not test, and used so everywhere."""

from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from examination.by_hand import begun, concluded
from rich.console import Console
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neural_network import MLPClassifier

import fitscope as fs
from fitscope.errors import Notice, UserError
from fitscope.examination.lines import LADDER
from fitscope.examination.options import options
from fitscope.examination.page.views.answer import content
from fitscope.examination.plan import plan_for
from fitscope.examination.progress import Progress
from fitscope.examination.refit import refit_of, refitted
from fitscope.examination.run import run_examination
from fitscope.examination.stages.refit import refit, reserve
from fitscope.learners.base import Watching
from fitscope.learners.constant import Constant
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.report.card import card
from fitscope.serving.served import serve
from fitscope.study.definition import Planned
from fitscope.study.events import RunFinished
from fitscope.study.folder import read_study, write_results
from fitscope.study.refit import refit_split


def runs(*best):
    return [SimpleNamespace(best_epoch=epoch) for epoch in best]


def test_rounds_grow_with_the_rows_up_to_those_that_there_were():
    trees = HGB(learning_rate=0.05, max_iter=100)
    assert refit_of(trees, runs(39, 59), 1.5, trees.pace) == (replace(trees, max_iter=75), None)
    assert refit_of(trees, runs(80), 1.5, trees.pace) == (trees, None)


def test_what_has_no_rounds_is_as_it_was():
    forest = Estimator(RandomForestClassifier(9))
    assert refit_of(forest, runs(0), 1.3, None) == (forest, None)


def test_a_network_has_as_many_epochs_as_were_best_and_nobody_knows_those_of_others():
    assert refit_of(MLP(8), runs(30, 33, 40), 1.3, None) == (MLP(8), 35)
    assert refit_of(MLP(8), runs(0), 1.3, None) == (MLP(8), 1)
    assert refit_of(Estimator(MLPClassifier()), runs(30), 1.3, None) is None


def test_a_rate_that_a_library_chose_stays_with_fewer_rounds():
    catboost = pytest.importorskip("catboost")
    from fitscope.learners.estimator.pace import fitted_pace

    x = np.random.default_rng(0).normal(size=(90, 2))
    made = catboost.CatBoostRegressor(iterations=40, verbose=0, allow_writing_files=False)
    pace = fitted_pace(made.fit(x, x[:, 0]))
    assert (pace.total, pace.rounds) == ("iterations", 40)
    learner = refit_of(Estimator(made), runs(9), 1.0, pace).learner
    again = learner.made().set_params(verbose=0).fit(x, x[:, 0])
    assert again.tree_count_ == 10
    np.testing.assert_allclose(again.predict(x), made.predict(x, ntree_end=10), rtol=1e-6)


NETWORK = MLP(1)


def numbers(rows=400):
    x, z = np.random.default_rng(0).normal(size=(2, rows))
    return pl.DataFrame({"x": x, "z": z, "y": x * z + np.sin(3 * x)})


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    """Two rungs of an examination without its search, which takes its time."""
    out = tmp_path_factory.mktemp("refit") / "out"
    trees = HGB(max_iter=30)
    with begun(out, numbers(), "hgb", ["hgb"]) as (course, prepared):
        planned = {"constant": Planned(Constant(), (LADDER,)), "hgb": Planned(trees, (LADDER,))}
        course.train({**planned, "mlp 1": Planned(NETWORK, (LADDER,), 2)}, "ladder")
        course.budget, course.overhead = replace(course.budget, seconds=100.0), 20.0
        reserve(course)
        assert course.until("curve") == course.budget.until("curve")
        assert course.until("repeats") == course.until("curve") - course.reserved
        assert course.reserved == course.seconds("anew", Planned(trees, rows=320, refits="hgb"))
        course.overhead = 30.0  # so long that it would take everything else its time
        reserve(course)
        assert course.reserved == 0
        course.budget, course.overhead = replace(course.budget, seconds=3600.0), 0.1
        refit(course, ["mlp 1"])
        there = {"mlp 1 on all 320 rows": Planned(NETWORK, repeats=2, rows=320)}
        more = {name: replace(one, repeats=3) for name, one in there.items()}
        (alone,) = (course.seconds("new", replace(one, repeats=1)) for one in there.values())
        assert [course.seconds(*one) for one in (*there.items(), *more.items())] == [0, alone]
        over = replace(course.budget, seconds=0.0)
        course.budget, given = over, course.budget
        assert course.fitting(there, "curve") == (there, [])
        assert course.fitting(more, "curve") == ({}, list(more))
        course.budget = given
        refit(course, ["hgb"])
        more = replace(planned["hgb"], repeats=2)
        course.train({"hgb": more}, "repeats")
        course.runs = [replace(run, best_epoch=9) for run in course.runs]  # as if others were best
        refit(course, ["hgb"])  # goes on with what it was
        found = concluded(course)
    return out, prepared, found


def reference(prepared):
    """scikit-learn's on all rows that do not test, as they are encoded."""
    split = prepared.splits[0]
    rounds = 30  # the loss falls to the end
    x = np.vstack([split.x_train, split.x_validation])
    y = np.concatenate([split.y_train, split.y_validation])
    made = HistGradientBoostingRegressor(max_iter=rounds, early_stopping=False)
    return made.fit(x, y)


def test_it_is_taken_and_scored_by_its_refit(examined):
    _, prepared, found = examined
    taken = found.recommended
    parts = prepared.parts[0]
    rows = len(parts.train) + len(parts.validation)
    assert (taken.model, taken.members, taken.refit) == ("hgb", 1, f"hgb on all {rows} rows")
    assert "trained anew on all rows that do not test" in found.words
    x = prepared.encode_test(0)
    expected = np.mean((reference(prepared).predict(x) - prepared.y_test) ** 2)
    assert found.test["mean_squared_error"].value == pytest.approx(expected, rel=1e-4)


def test_it_predicts_by_its_refit_under_its_own_name(examined):
    out, prepared, _ = examined
    served = serve(out)
    assert served.taken == serve(out, "hgb").taken
    table = numbers().head(9)
    features = prepared.encodings[0].transform(served.table(table))
    expected = reference(prepared).predict(features)
    np.testing.assert_allclose(served.outputs(served.table(table)), expected, rtol=1e-4)
    loaded = fs.load(out)
    np.testing.assert_allclose(loaded.predict(table), expected, rtol=1e-4)
    assert json.loads((out / "results.json").read_text())["recommended"]["refit"]


def test_card_and_page_tell_which_rows_it_knows(examined):
    out, prepared, _ = examined
    parts, stored = prepared.parts[0], read_study(out)
    rows = len(parts.train) + len(parts.validation)
    told = card(serve(out), stored)
    assert f"| Rows learnt from | {rows}: trained anew on all that do not test" in told
    assert "| validation, before it was trained anew, corrected" in told
    assert f"| Rows learnt from | {len(parts.train)} |" in card(serve(out, "constant"), stored)
    shown = content(stored)
    assert shown["tiles"][-1][2].endswith(f"the model to take learnt anew from {rows}")


def test_a_network_is_used_as_it_is_after_the_epochs_that_were_best(examined, tmp_path):
    out, prepared, found = examined
    shutil.copytree(out, tmp_path / "out")
    stored = read_study(tmp_path / "out")
    taken = replace(found.recommended, model="mlp 1", members=2, refit=None)
    taken = refitted(taken, stored.document, stored.results)
    rows = len(prepared.splits[0].y_train) + len(prepared.splits[0].y_validation)
    assert (taken.members, taken.refit) == (2, f"mlp 1 on all {rows} rows")
    write_results(stored.folder, replace(stored.results, answer=replace(found, recommended=taken)))
    best = [run.best_epoch + 1 for run in stored.results.runs_of("mlp 1")]
    epochs = stored.document.entry(taken.refit).epochs
    assert epochs == pytest.approx(np.mean(best), abs=0.5)
    served = serve(tmp_path / "out")
    fixed = replace(plan_for(240).for_task(prepared.task), max_epochs=epochs, stopping=None)
    whole, table = refit_split(prepared.splits[0]), numbers().head(9)
    features = prepared.encodings[0].transform(served.table(table))
    expected = [
        NETWORK.predict(
            NETWORK.fit(whole, fixed, seed=0, repeats=(run,), watching=Watching())[0].last,
            features,
            prepared.task,
        )
        for run in range(2)
    ]
    outputs = served.outputs(served.table(table))
    np.testing.assert_allclose(outputs, np.mean(expected, axis=0), rtol=1e-3)
    assert f"| Stopping | after {epochs:,} epochs |" in card(served, read_study(tmp_path / "out"))


def test_a_loss_on_rows_that_were_learnt_from_is_no_news(examined):
    document, told = read_study(examined[0]).document, io.StringIO()
    progress = Progress(Console(file=told, width=200), budget=60)
    loss = document.task.loss.validation
    with progress.watch(document) as observer:
        for name, value in ("hgb", 0.5), ("hgb on all 320 rows", 0.25):
            observer(RunFinished(name, 0, 30, 29, {loss: value}, "max epochs", 1.0))
    assert progress.best == (0.5, "hgb")
    assert told.getvalue().splitlines()[0].endswith("hgb: squared error 0.5000, 30 rounds, 1.0 s")
    assert told.getvalue().splitlines()[1].endswith("rows: 30 rounds, 1.0 s")


def test_what_is_damaged_is_trained_again_and_nothing_else(examined):
    out, _, found = examined
    before = read_study(out)
    (file,) = sorted((out / "weights").glob("hgb-on-all*/0.*"))
    predicted = serve(out).predict(numbers())
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UserError, match="damaged"):
        serve(out)
    with pytest.warns(Notice, match="1 run is trained again"):
        after = run_examination(
            options(target="y", budget="1h"), out, given=numbers(), resume=True, drawn=False
        )
    assert np.array_equal(serve(out).predict(numbers()), predicted)
    assert after.document.entries == before.document.entries
    assert after.results.answer == replace(found, checks=after.results.answer.checks)


FOLDS = 3
TREES, FOREST = HGB(max_iter=12), Estimator(RandomForestRegressor(3, max_depth=2))


@pytest.fixture(scope="module")
def folded(tmp_path_factory):
    """The same where every row is validated once."""
    out = tmp_path_factory.mktemp("folded") / "out"
    with begun(out, numbers(), "hgb", ["hgb"], FOLDS) as (course, prepared):
        planned = {"constant": Constant(), "hgb": TREES, "forest": FOREST}
        course.train(
            {name: Planned(one, (LADDER,), FOLDS) for name, one in planned.items()}, "ladder"
        )
        refit(course, ["hgb"])
        refit(course, ["forest"])
        found = concluded(course)
    return out, prepared, found


def test_with_folds_a_run_on_all_rows_joins_those_that_were_validated(folded):
    out, prepared, found = folded
    taken, rows = found.recommended, prepared.parts[0]
    whole = f"hgb on all {len(rows.train) + len(rows.validation)} rows"
    assert taken.parts[0].runs == {"hgb": FOLDS, whole: 1}
    assert taken.members == FOLDS + 1
    assert (
        "Take hgb, 4 runs of it averaged, 1 of them trained on all rows that do not test."
        in found.words
    )
    made = [
        HistGradientBoostingRegressor(max_iter=12, early_stopping=False).fit(x, y)
        for x, y in (
            *((split.x_train, split.y_train) for split in prepared.splits),
            (refit_split(prepared.splits[0]).x_train, refit_split(prepared.splits[0]).y_train),
        )
    ]
    each = [
        one.predict(prepared.encode_test(fold))
        for one, fold in zip(made, (*range(FOLDS), 0), strict=True)
    ]
    test = numbers()[rows.test]
    for member, expected in enumerate(each):
        alone = fs.load(out).predict(test, member=member)
        np.testing.assert_allclose(alone, expected, rtol=1e-4)
    np.testing.assert_allclose(fs.load(out).predict(test), np.mean(each, axis=0), rtol=1e-4)
    expected = np.mean((np.mean(each, axis=0) - prepared.y_test) ** 2)
    assert found.test["mean_squared_error"].value == pytest.approx(expected, rel=1e-4)


def test_with_folds_what_chance_makes_is_trained_as_often_as_it_was_validated(folded):
    subsets = read_study(folded[0]).results.subsets
    runs = Counter(run.model.split(" on ")[0] for run in subsets)
    assert runs == {"hgb": 1, "forest": FOLDS}


def test_with_folds_card_and_page_tell_which_runs_know_all_rows(folded):
    out, prepared, _ = folded
    rows, stored = len(prepared.parts[0].train) + len(prepared.parts[0].validation), read_study(out)
    told = card(serve(out), stored)
    assert f"| Rows learnt from | {len(prepared.parts[0].train)} in the first fold |" in told
    assert "| Numbers of the runs averaged | 0, 1 and 2 |" in told
    assert f"| Rows learnt from | {rows}: all that do not test |" in told
    assert "| Numbers of the runs averaged | 3 |" in told
    assert "| validation, before runs on all rows joined in, corrected" in told
    assert content(stored)["tiles"][-1][2].endswith(
        f"; the model to take has runs, too, on all {rows}"
    )


@pytest.mark.parametrize("validated", [4, -1, FOLDS + 9])
def test_runs_that_are_not_there_are_no_part_of_an_answer(folded, tmp_path, validated):
    shutil.copytree(folded[0], tmp_path / "out")
    file = tmp_path / "out" / "results.json"
    stored = json.loads(file.read_text())
    stored["recommended"]["validated"] = validated
    file.write_text(json.dumps(stored))
    with pytest.raises(UserError, match=r"results.json: damaged"):
        serve(tmp_path / "out")
