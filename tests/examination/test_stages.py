"""What the stages decide, from results that nobody trained."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fitscope.examination.changes import Change
from fitscope.examination.measured import Measured
from fitscope.examination.pairs import contenders, pair
from fitscope.examination.recommend import families_of, plainness, why
from fitscope.examination.record import Trial
from fitscope.examination.select import choose, select
from fitscope.examination.stages.curve import sizes
from fitscope.examination.stages.ladder import climb, note_missing
from fitscope.examination.stages.remedies import Mended, next_tried
from fitscope.examination.stages.repeats import ENOUGH, MOST, next_rounds
from fitscope.examination.stages.search import to_mend
from fitscope.history import History
from fitscope.learners.base import Size
from fitscope.learners.constant import Constant
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.study.failed import FailedRun
from fitscope.study.results import ModelResult, Results
from fitscope.task import BINARY
from fitscope.verdicts.judge import diagnose


def model(name, shift, rounds=1, rows=400, seed=0, noise=0.05):
    """A model whose losses lie `shift` above those of the easiest one."""
    shared = np.random.default_rng(99).exponential(0.4, rows)
    random = np.random.default_rng([seed, sum(map(ord, name))])
    scatter = random.normal(0, noise, (rounds, rows))
    losses = shared + shift + scatter - scatter.mean(axis=1, keepdims=True)
    return Measured(name, losses, losses, losses.mean(axis=0), np.zeros(rows))


def named(*models):
    return {one.name: one for one in models}


def test_a_pair_is_told_by_its_rows_and_not_by_their_common_hardness():
    found = pair(model("a", 0.02), model("b", 0.0))
    assert found.value == pytest.approx(0.02, abs=0.01)
    assert found.error == pytest.approx(0.05 * (2 / 400) ** 0.5, rel=0.1)


def test_what_is_surely_worse_gets_no_further_runs():
    measured = named(model("a", 0.0), model("b", 0.001), model("c", 0.1))
    may_be_best = contenders(measured)
    assert sorted(may_be_best) == ["a", "b"]
    assert sorted(next_rounds(measured, may_be_best, [])) == ["a", "b"]


def test_those_with_the_fewest_runs_come_first_and_none_gets_too_many():
    measured = named(model("a", 0.0, MOST), model("b", 0.0, 2), model("c", 0.0, 1))
    assert next_rounds(measured, ["a", "b", "c"], []) == ["c"]
    assert next_rounds(measured, ["a", "b"], []) == ["b"]
    full = named(*(model(name, 0.0, MOST) for name in "ab"))
    assert next_rounds(full, ["a", "b"], ["a"]) == []


def test_what_is_spoken_of_gets_enough():
    measured = named(model("a", 0.0, MOST), model("b", 0.1, 1), model("c", 0.1, ENOUGH))
    assert next_rounds(measured, ["a"], ["b", "c"]) == ["b"]


def no_better(rows):
    """An average that is as good as its first model."""
    return lambda names: rows[names[0]]


FAMILY = {"constant": None, "linear": "mlp", "64": "mlp", "hgb": "hgb"}


def test_the_plainest_of_those_alike_is_taken():
    rows = {
        "constant": model("constant", 0.3).served,
        "linear": model("linear", 0.0005).served,
        "64": model("64", 0.0, noise=0.2).served,
    }
    assert choose(rows, FAMILY, no_better(rows)) == ("linear",)
    found = select(rows, FAMILY, no_better(rows), seed=0)
    assert found.taken == ("linear",)
    assert found.alike == {"linear": "mlp", "64": "mlp"}
    assert found.score.low < found.score.value < found.score.high
    assert select({}, {}, no_better({}), seed=0) is None


def test_of_two_families_neither_is_the_plainer_one():
    rows = {
        "constant": model("constant", 0.3).served,
        "64": model("64", 0.0005).served,
        "hgb": model("hgb", 0.0, noise=0.2).served,
    }
    found = select(rows, FAMILY, no_better(rows), seed=0)
    assert (found.taken, found.best) == (("hgb",), "hgb")
    assert choose(rows, FAMILY | {"64": "hgb"}, no_better(rows)) == ("64",)


def test_a_constant_is_plainer_than_every_family():
    rows = {name: model(name, 0.0005 * (name == "constant")).served for name in FAMILY}
    assert choose(rows, FAMILY, no_better(rows)) == ("constant",)


def test_what_was_made_smaller_is_plainer_and_what_was_added_is_not():
    def tried(over, kind, name):
        return Trial(over=over, remedy=kind, kind=kind, model=name)

    changes = [
        tried("64", "dropout", "64 + dropout"),
        tried("64", "dropout + L2", "64 + both"),
        tried("64", "less capacity", "32"),
        tried("64", "less capacity", "16"),
        tried("hgb", "fewer leaves", "gone"),
    ]
    learners = {
        "16": MLP(16),
        "64": MLP(64),
        "32": MLP(32),
        "64 + dropout": MLP(64, dropout=0.5),
        "64 + both": MLP(64, dropout=0.5, l2=0.1),
        "hgb": HGB(),
    }
    order = plainness(["16", "64", "hgb"], changes, learners)
    assert order == ["16", "32", "64", "64 + dropout", "64 + both", "hgb"]


def test_the_reason_names_the_best_where_it_is_another_one():
    mlp = {"linear": "mlp", "64": "mlp"}
    assert "plainest of 2 that cannot be told apart from the best, 64." in why("linear", "64", mlp)
    assert "the best," not in why("64", "64", {"64": "mlp", "hgb": "hgb"})
    several = {"linear": "mlp", "hgb 8 leaves": "hgb", "64": "mlp", "hgb": "hgb"}
    assert "2 models of another family cannot be told apart" in why("64", "64", several)
    assert "4 models cannot be told apart from the best, 64." in why("hgb 8 leaves", "64", several)
    assert "the lowest of all, 64, has a plainer one" in why("hgb", "64", mlp)


def test_families_are_what_learners_are_called_for_short():
    learners = {"constant": Constant(), "linear": MLP(), "64": MLP(64), "hgb": HGB()}
    assert families_of(learners) == FAMILY
    slower = HGB(learning_rate=0.05, max_iter=200)
    assert families_of({"slower": slower}) == {"slower": "hgb"}


def judged(name, rises):
    """A model with a verdict on a curve that falls and then rises."""
    at = np.arange(100)
    falls = np.exp(-at / 10)
    curve = 0.5 + falls + rises * np.maximum(at - 30, 0)
    verdict = diagnose(History(name, "loss", at, falls * 0.9, curve))
    return ModelResult(name, ("ladder",), Size(9, "parameters"), 1, {}, None, verdict)


KINDS = {"small": "mlp", "large": "mlp", "huge": "mlp", "trees": "hgb"}


def test_the_worst_and_the_best_are_mended():
    results = Results((judged("small", 0.0), judged("large", 0.01), judged("huge", 0.02)))
    measured = named(model("small", 0.0), model("large", 0.1), model("huge", 0.1))
    assert to_mend(results, measured, KINDS) == ["huge", "small"]


def test_another_family_joins_where_it_may_be_the_best():
    results = Results((judged("small", 0.0), judged("huge", 0.02), judged("trees", 0.0)))
    measured = named(model("small", 0.0), model("huge", 0.1), model("trees", 0.002))
    assert to_mend(results, measured, KINDS) == ["huge", "small", "trees"]
    measured |= named(model("trees", 0.2))
    assert to_mend(results, measured, KINDS) == ["huge", "small"]


def test_without_verdicts_the_best_alone_is_mended():
    results = Results((replace(judged("small", 0.0), verdict=None),))
    assert to_mend(results, named(model("small", 0.0)), KINDS) == ["small"]
    assert to_mend(Results(), {}, {}) == []


def test_sizes_of_the_learning_curve_leave_out_what_teaches_nothing():
    assert sizes(4_000) == [500, 1_000, 2_000]
    assert sizes(60) == [30]


def test_one_learner_that_two_models_come_to_is_trained_once_and_told_of_both():
    small, large = HGB(max_leaf_nodes=8), HGB()
    entries = [SimpleNamespace(name="hgb 8 leaves", learner=small)]
    entries += [SimpleNamespace(name="hgb", learner=large)]
    measured = named(model("hgb 8 leaves", 0.0), model("hgb", 0.1))
    noted, trained = {}, []

    def train(planned, _):
        trained.extend(planned)
        for name, one in planned.items():
            entries.append(SimpleNamespace(name=name, learner=one.learner))
            measured[name] = model(name, 0.05)

    course = SimpleNamespace(
        measured=lambda *_: dict(measured),
        training=SimpleNamespace(document=SimpleNamespace(models=entries)),
        side_by_side=1,
        folds=1,
        fitting=lambda wanted, _: (dict(wanted), []),
        note=lambda tried: noted.update({(one.over, one.model): one.remedy for one in tried}),
        train=train,
    )
    leaves = Change("max_leaf_nodes", "fewer leaves", (4,))
    both = [Mended("hgb 8 leaves", small, (leaves,)), Mended("hgb", large, (leaves,))]
    assert next_tried(course, both) == []
    assert next_tried(course, both) is None
    assert trained == ["hgb 8 leaves + 4 leaves"]
    assert noted == {
        ("hgb 8 leaves", "hgb 8 leaves + 4 leaves"): "4 leaves",
        ("hgb", "hgb 8 leaves + 4 leaves"): "4 leaves",
    }


def climbed(rungs, trained, later=()):
    """What is noted of a ladder of which some was trained, or later; until when what was wanted."""
    noted, asked = [], []
    course = SimpleNamespace(
        record=SimpleNamespace(options=SimpleNamespace(repeats=1)),
        folds=1,
        training=SimpleNamespace(failed=(FailedRun("failed", 0, "it was killed"),)),
        say=lambda _: None,
        size=lambda learner: learner.size(2, BINARY),
        train=lambda planned, stage: asked.append((stage, list(planned))),
        learner=rungs.__getitem__,
        measured=lambda _: named(*(model(name, 0.0) for name in trained)),
        note=lambda left_out=(), **_: noted.extend(left_out),
    )
    climb(course, rungs)
    trained = [*trained, *later]
    note_missing(course, rungs)
    return noted, asked


def test_a_rung_that_failed_is_not_one_for_which_no_time_was_left():
    noted, _ = climbed({name: MLP(2) for name in ("trained", "failed", "late")}, ["trained"])
    assert noted == ["The rung late: no time was left for it."]
    noted, _ = climbed({name: MLP(2) for name in ("trained", "late", "last")}, ["trained"])
    assert noted == ["The rungs late and last: no time was left for them."]


def test_a_rung_that_a_remedy_has_made_after_all_is_not_left_out():
    rungs = {name: MLP(2) for name in ("trained", "failed", "late")}
    assert climbed(rungs, ["trained"], later=["late"])[0] == []


def test_what_a_library_has_by_default_is_tried_before_anything_else_and_has_longer():
    rungs = {"linear": MLP(), "mlp 4": MLP(4), "hgb 8 leaves": HGB(max_leaf_nodes=8)}
    rungs |= {"hgb": HGB(), "catboost depth=3": MLP(64), "catboost": MLP(256)}
    _, asked = climbed(rungs, list(rungs))
    first = ["linear", "hgb", "catboost"]
    others = ["mlp 4", "catboost depth=3", "hgb 8 leaves"]
    assert asked == [("remedies", first), ("ladder", [*first, *others])]
