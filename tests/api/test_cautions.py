"""Rows that cannot show what is asked of them are warned of, and others are not."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

import fitscope as fs
from fitscope.api.cautions import cautions
from fitscope.errors import Notice

BUNCH: Any = load_breast_cancer()
X, Y, NAMES = BUNCH.data, BUNCH.target, tuple(BUNCH.feature_names)


def split(x: np.ndarray = X, first: int = 400) -> fs.Split:
    """Training rows and those from `first` on."""
    return fs.Split(x[:400], Y[:400], x[first:], Y[first:], NAMES[: x.shape[1]])


def test_raw_features_are_warned_of_where_a_network_is_to_learn_from_them():
    (told,) = cautions(split(), [fs.MLP(8), fs.HGB()])
    assert "worst area 1,087, mean area 762 and worst perimeter" in told
    assert "StandardScaler" in told
    assert cautions(split(), [fs.HGB()]) == []
    assert cautions(split(scale(X)), [fs.MLP(8)]) == []
    assert cautions(split(scale(X) * 1e-3), [fs.MLP(8)]) == []


def test_validation_rows_that_train_are_warned_of_whatever_learns():
    (told,) = cautions(split(scale(X), first=300), [fs.HGB()])
    assert told.startswith("100 of 269 validation rows looked at equal a training row in every")
    few = np.random.default_rng(0).integers(0, 2, (569, 6))  # each row stands many times
    assert cautions(split(few), [fs.HGB()]) == []


def test_a_study_says_it_before_it_trains_and_whoever_opens_it_sees_it(tmp_path):
    study = fs.Study(split(), fs.Plan(batch_size=100, max_epochs=1))
    study.add("network", fs.MLP(2))
    with pytest.warns(Notice, match="features are far from the scale"):
        result = study.run(out=tmp_path / "study", progress=False)
    (told,) = result.results.cautions
    assert told.startswith("features are far from the scale")
    assert json.loads((tmp_path / "study/results.json").read_bytes())["cautions"] == [told]
    assert "Features are far from the scale" in result.report().read_text()
    assert "Features are far from the scale" in result._repr_html_()
    assert "Features are far from the scale" in result.table()
