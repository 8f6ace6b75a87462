"""Which precision a study is trained in: as asked for, where a worker finds that it gains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from study.made_up import made_up_split

import fitscope as fs
from fitscope.guide.run import GuideOptions, run_guide
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.report.precision import precision_note
from fitscope.report.record import record
from fitscope.study import precision
from fitscope.study.device import asked, worker_environment
from fitscope.study.precision import choose_precision

WIDE, NARROW = MLP(256, 256), MLP(4)


@pytest.fixture
def timed() -> list[dict[str, Any]]:
    """The shapes that workers were asked to time."""
    return []


@pytest.fixture
def gains(monkeypatch: pytest.MonkeyPatch, timed: list[dict[str, Any]]) -> list[float]:
    """What workers will find out, one after the other."""
    answers: list[float] = []

    def answer(what: str, _: Any, **shapes: Any) -> dict[str, float] | None:
        assert what == "gain"
        timed.append(shapes)
        return {"gain": answers.pop(0)} if answers else None

    monkeypatch.setattr(precision, "asked", answer)
    return answers


@pytest.mark.parametrize(
    ("wanted", "learners", "gain", "chosen"),
    [
        ("float32", [WIDE], [], "float32"),
        ("bfloat16", [WIDE, NARROW], [1.3], "bfloat16"),
        ("bfloat16", [WIDE], [1.1], "float32"),
        ("bfloat16", [WIDE], [], "float32"),  # the process could not tell
        ("bfloat16", [], [1.3], "bfloat16"),  # learners come later
        ("bfloat16", [NARROW, HGB()], [], "float32"),
    ],
)
def test_it_is_what_is_wanted_where_that_gains(gains, wanted, learners, gain, chosen):
    gains += gain
    plan = Plan(precision=wanted)
    assert choose_precision(plan, "cpu", learners, made_up_split()) == chosen
    assert not gains, "nothing was asked that need not be known"


def test_the_largest_product_is_timed_as_it_will_be_trained(gains, timed):
    gains += [2.0] * 3
    split, plan = made_up_split(), Plan(precision="bfloat16", batch_size=40)
    learners = [NARROW, WIDE, MLP(300, 512, 256, batch_size=30)]
    for device in ("cpu", "gpu"):
        choose_precision(plan, device, learners, split, runs=5)
    choose_precision(plan, "cpu", [], split)
    largest = {"rows": 30, "units": (300, 512)}
    unknown = {"runs": 1, "rows": 40, "units": (256, 256)}
    assert timed == [{"runs": 1, **largest}, {"runs": 5, **largest}, unknown]


@pytest.mark.parametrize("runs", [1, 2])
def test_a_worker_times_products_of_its_own(runs):
    shapes = {"runs": runs, "rows": 40, "units": (256, 300)}
    answer = asked("gain", worker_environment("cpu", 1), **shapes)
    assert answer is not None
    assert 0.05 < answer["gain"] < 50


def test_a_study_says_what_it_was_trained_in_and_goes_on_so(gains, tmp_path: Path):
    gains += [1.0]
    study = fs.Study(made_up_split(), Plan(max_epochs=2, precision="bfloat16"))
    study.add("Wide", WIDE)
    study.add("Narrow", NARROW)
    with pytest.warns(fs.Notice, match="precision: float32, since bfloat16 products are not fast"):
        result = study.run(out=tmp_path / "slow", progress=False)
    document = result.stored.document
    assert (document.precision, document.training_plan.precision) == ("float32", "bfloat16")
    plain = fs.Study(made_up_split(), Plan(max_epochs=2))
    plain.add("Wide", WIDE)
    usual = plain.run(out=tmp_path / "usual", progress=False)
    mine = result.histories.filter(model="Wide")
    assert mine.equals(usual.histories), "float32 has the bits of any other run in float32"
    assert precision_note(document) == (
        "precision: float32, since bfloat16 products are not faster on this machine"
    )
    assert precision_note(usual.stored.document) is None
    assert dict(record(usual.stored))["Precision"] == "float32"
    gains += [2.0]  # on another machine it may gain, but a folder holds one precision
    with pytest.warns(fs.Notice, match="precision: float32"):
        again = study.run(out=tmp_path / "slow", resume=True, progress=False)
    assert again.stored.document.precision == "float32"
    assert gains == [2.0]


def test_the_guide_trains_in_bfloat16_and_its_folder_remembers(
    gains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("fitscope.guide.run._report", lambda _: None)
    gains += [2.0]
    chosen = {"data": "simulated:7", "models": "tiny,256x2", "validation": 50, "rows": 100}
    options = GuideOptions(**chosen, max_epochs=2, precision="bfloat16")
    stored = run_guide(options, tmp_path / "half")
    assert stored.document.precision == "bfloat16"
    told = "bfloat16 in the products of 256x2; everything else in float32"
    assert dict(record(stored))["Precision"] == told
    assert json.loads((tmp_path / "half" / "results.json").read_text())["precision"] == "bfloat16"
    assert fs.load(tmp_path / "half").results.precision == "bfloat16"
    usual = run_guide(GuideOptions(**chosen, max_epochs=2), tmp_path / "usual")
    assert "precision" not in json.loads((tmp_path / "usual" / "results.json").read_text())
    for name, same in (("Tiny", True), ("256x2", False)):
        mine, theirs = (one.histories.filter(model=name) for one in (stored, usual))
        assert mine.equals(theirs) is same
    run_guide(GuideOptions(precision="bfloat16"), tmp_path / "half", resume=True)
    with pytest.raises(fs.UserError, match="started with --precision bfloat16; leave the option"):
        run_guide(GuideOptions(precision="float32"), tmp_path / "half", resume=True)
