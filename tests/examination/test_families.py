"""Families on the ladder, and a learner between its neighbours."""

import builtins
import sys
from itertools import pairwise

import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fitscope.errors import UserError
from fitscope.examination.families import FAMILIES, family_rungs, rungs_around
from fitscope.examination.ladder import rungs
from fitscope.learners import as_learner
from fitscope.learners.hgb import HGB
from fitscope.learners.knobs import is_plainer
from fitscope.task import BINARY, REGRESSION


@pytest.mark.parametrize("task", [BINARY, REGRESSION], ids=lambda one: one.kind)
@pytest.mark.parametrize("name", list(FAMILIES))
def test_the_first_rung_is_a_plainer_version_of_the_second(name, task):
    if name != "forest":
        pytest.importorskip(name, reason=f"needs the extra {name}")
    plain, usual = family_rungs(name, task).values()
    assert is_plainer(plain, usual)
    plain.check_task(task)
    assert plain.sort == usual.sort == name
    assert usual.given is None  # study.json describes it wholly


def test_the_ladder_has_what_was_asked_for():
    found = rungs(500, 5, BINARY, ("linear", "forest"))
    assert list(found) == ["linear", "forest min_samples_leaf=10", "forest"]


def test_a_library_that_is_absent_is_told_in_one_line(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **named):
        if name.partition(".")[0] == "xgboost":
            raise ImportError(name)
        return real(name, *args, **named)

    for name in [one for one in sys.modules if one.partition(".")[0] == "xgboost"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(UserError, match=r"pip install 'fitscope\[xgboost\]'") as caught:
        rungs(500, 5, BINARY, ("xgboost",))
    assert "\n" not in str(caught.value)


def test_a_learner_stands_between_its_neighbours():
    found = rungs_around(as_learner(make_pipeline(StandardScaler(), LogisticRegression(C=10.0))))
    assert list(found) == [
        "logistic C=0.01", "logistic C=1", "logistic", "logistic C=100", "logistic C=10000",
    ]  # fmt: skip
    for plainer, richer in pairwise(found.values()):
        assert is_plainer(plainer, richer)


def test_at_an_end_of_its_range_it_has_neighbours_on_one_side():
    assert list(rungs_around(as_learner(RandomForestRegressor())))[-1] == "forest"


def test_what_has_no_knob_stands_alone():
    assert list(rungs_around(as_learner(GaussianNB()))) == ["GaussianNB"]
    assert list(rungs_around(HGB())) == ["hgb"]
