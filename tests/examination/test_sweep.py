"""A sweep from its table to its answer, with few steps; and which networks it trains."""

import json
import math

import numpy as np
import polars as pl
import pytest

import fitscope as fs
from fitscope.errors import UserError
from fitscope.examination import plan
from fitscope.examination import widths as ladder
from fitscope.examination.options import options
from fitscope.examination.plan import Pace, plan_for
from fitscope.examination.stages import sweep as stage
from fitscope.examination.widths import widths
from fitscope.task import MULTICLASS, REGRESSION


def table(rows=60):
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 2))
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": x[:, 0] + random.normal(size=rows)})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "QUICK_SWEEP", Pace(3e-3, None, 120, None))
        patch.setattr(stage, "ROUNDS", 1)
        patch.setattr(ladder, "QUICK_BEYOND", 1)
        return fs.examine(
            table(),
            target="y",
            sweep=True,
            quick=True,
            folds=2,
            budget="10m",
            out=tmp_path_factory.mktemp("sweep") / "study",
            progress=False,
        )


def test_each_width_is_told_at_its_last_epoch_and_at_its_best(found):
    sweep = found.sweep()
    assert [width.units for width in sweep.widths] == [1, 2, 4, 8]
    assert sweep.measures == ("mean_squared_error", "mean_absolute_error")
    assert sweep.threshold == found.answer.rows.train
    runs = found.study.results.runs
    assert {run.epochs for run in runs if run.model != "constant"} == {120}
    for width in sweep.widths:
        last = [run.final["val_mean_squared_error"] for run in runs if run.model == width.model]
        assert width.last["mean_squared_error"][0] == pytest.approx(np.mean(last), rel=1e-4)
        assert width.runs == 1
        assert width.last["mean_absolute_error"][1] > 0
        fit = [run.final["fit_mean_absolute_error"] for run in runs if run.model == width.model]
        assert width.train["mean_absolute_error"] == pytest.approx(np.mean(fit))


def test_its_answer_is_stored_drawn_and_said(found):
    stored = json.loads((found.folder / "results.json").read_text("utf-8"))
    assert stored["sweep"]["widths"][0]["units"] == 1
    assert found.words.startswith("Double descent could not show")
    assert stored["sweep"]["words"] in found.words
    figures = {file.stem for file in (found.folder / "figures").glob("*.svg")}
    assert {"sweep-width-mean_squared_error", "sweep-epochs"} <= figures
    assert "Double descent?" in (found.folder / "report.html").read_text("utf-8")
    assert "remedies" not in {
        group for entry in found.study.stored.document.models for group in entry.groups
    }


def test_it_is_gone_on_with_and_run_again(found):
    again = fs.examine(out=found.folder, resume=True, progress=False)
    assert again.sweep() == found.sweep()
    stored = json.loads((found.folder / "study.json").read_text("utf-8"))
    assert stored["application"]["options"]["sweep"] is True
    assert stored["plan"]["stopping"] is None


def test_the_ladder_goes_far_past_as_many_parameters_as_values():
    for rows, features, task in ((400, 20, REGRESSION), (3_000, 50, MULTICLASS.of("abc"))):
        found = [
            net.parameters(features, task.outputs) for net in widths(rows, features, task).values()
        ]
        assert found[1:] == sorted(found[1:])
        assert found[1] == features + 1 + 2 * task.outputs
        assert 10 * rows * task.outputs < found[-1] < 40 * rows * task.outputs
    assert max(net.hidden for net in widths(1_000_000, 10, REGRESSION).values()) == (4096,)


def test_nothing_stops_a_run_and_the_rate_stays():
    for rows in (50, 400, 100_000):
        found = plan_for(rows, sweep=True)
        assert found.stopping is None
        assert found.schedule.at(0) == found.schedule.at(found.max_epochs)
        steps = found.max_epochs * math.ceil(rows / found.batch_size)
        assert steps == pytest.approx(50_000, rel=0.02)


def test_other_learners_are_refused_in_one_line():
    with pytest.raises(UserError, match=r"^sweep: .* leave out learners$"):
        options(target="y", sweep=True, learners="hgb")
    with pytest.raises(UserError, match=r"leave out learner$"):
        fs.examine(table(), target="y", sweep=True, learner=fs.HGB(), progress=False)
