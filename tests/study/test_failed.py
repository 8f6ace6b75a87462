"""A process that dies costs its runs alone, and says why."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.kernel_ridge import KernelRidge

from fitscope import Split, Study
from fitscope.errors import Notice, UserError
from fitscope.learners.estimator.estimator import Estimator
from fitscope.report.lines import ranked, remarks
from fitscope.study.failed import FailedRun
from fitscope.study.folder import read_study
from fitscope.study.snapshot import read_running

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


class Dying(ClassifierMixin, BaseEstimator):
    """Ends its process as long as a file is there, as a fault in a library would."""

    def __init__(self, file=""):
        self.file = file

    def fit(self, x, y):
        del x
        if Path(self.file).exists():
            os._exit(7)
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        return self.classes_[(x[:, 0] > 0).astype(int)]


def split(rows: int) -> Split:
    x = np.random.default_rng(0).normal(size=(rows, 2)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    return Split(x[:-20], y[:-20], x[-20:], y[-20:])


def test_the_study_goes_on_without_it_and_resume_tries_again(tmp_path):
    file, out = tmp_path / "die", tmp_path / "study"
    file.touch()
    study = Study(split(60))
    study.add("dying", Dying(str(file)))
    study.add("fine", DummyClassifier())
    with pytest.warns(Notice, match="failed: dying, run 1: it ended with status 7; --resume"):
        found = study.run(out=out, jobs=1, progress=False)
    failed = (FailedRun("dying", 0, "it ended with status 7"),)
    assert found.results.failed == failed
    assert [run.model for run in found.results.runs] == ["fine"]

    stored = read_study(out)
    assert stored.results.failed == failed, "the folder names it, too"
    assert [entry.name for entry in stored.document.models] == ["dying", "fine"]
    assert any("dying, run 1: it ended" in line for line in remarks(stored, ranked(stored)))
    assert read_running(out).complete

    file.unlink()
    again = study.run(out=out, jobs=1, resume=True, progress=False)
    assert again.results.failed == ()
    assert [run.model for run in again.results.runs] == ["dying", "fine"]
    assert not (out / "checkpoints").exists()


def test_where_nothing_else_is_trained_it_is_an_error(tmp_path):
    file = tmp_path / "die"
    file.touch()
    study = Study(split(60))
    study.add("dying", Dying(str(file)))
    with pytest.raises(UserError, match="no run could be trained; dying, run 1: it ended with"):
        study.run(out=tmp_path / "study", progress=False)


def test_what_needs_more_memory_than_there_is_is_not_begun(tmp_path, monkeypatch):
    rows = split(60)
    numbers = Split(rows.x_train, rows.x_train[:, 0] + 0.5, rows.x_validation,
                    rows.x_validation[:, 0] + 0.5, task="regression")  # fmt: skip
    assert Estimator(KernelRidge()).memory(40) == 8 * 40**2
    monkeypatch.setattr("fitscope.study.executor.free_memory", lambda: 12_000.0)
    study = Study(numbers)
    study.add("kernel", KernelRidge())
    with pytest.raises(UserError, match=r"kernel, run 1: it needs at least 0\.0 GB of memory"):
        study.run(out=tmp_path / "study", progress=False)
