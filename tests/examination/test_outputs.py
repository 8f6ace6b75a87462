"""Averages of predictions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from fitscope.examination.outputs import badness
from fitscope.serving.ensemble import averaged
from fitscope.task import BINARY, MULTICLASS, REGRESSION

THREE = MULTICLASS.of(["a", "b", "c"])


@given(st.integers(0, 10**6), st.floats(0.01, 300))
def test_an_average_is_that_of_probabilities(seed, spread):
    random = np.random.default_rng(seed)
    logits = random.normal(0, spread, (4, 9))
    assert expit(averaged(logits, BINARY)) == pytest.approx(expit(logits).mean(axis=0), abs=1e-12)
    logits = random.normal(0, spread, (4, 9, 3))
    expected = softmax(logits, axis=-1).mean(axis=0)
    assert softmax(averaged(logits, THREE), axis=-1) == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 10**6), st.sampled_from([BINARY, THREE, REGRESSION]))
def test_it_loses_no_more_than_its_members_on_average(seed, task):
    random = np.random.default_rng(seed)
    outputs = random.normal(0, 3, (5, 20) + ((3,) if task is THREE else ()))
    y = random.integers(0, 3 if task is THREE else 2, 20)
    alone = np.mean([badness(one, y, task, task.loss) for one in outputs], axis=0)
    assert (badness(averaged(outputs, task), y, task, task.loss) <= alone + 1e-9).all()


def test_less_is_better_whatever_the_metric():
    y = np.array([1.0, 0.0])
    assert badness(np.array([5.0, 5.0]), y, BINARY, BINARY.score).tolist() == [0.0, 1.0]
    assert badness(np.array([1.5, 0.0]), y, REGRESSION, REGRESSION.score).tolist() == [0.5, 0.0]
