"""Two programs that write into one log at once: said, and no verdict is sure."""

from __future__ import annotations

from itertools import chain, zip_longest

import numpy as np
import pytest

import fitscope as fs

EPOCHS = np.arange(1, 41)
FALL = 1.2 * np.exp(-EPOCHS / 5)
NOISE = np.random.default_rng(0).normal(0, 0.004, (2, 40))
OVERFIT = 1.0 + FALL + 0.012 * np.maximum(EPOCHS - 14, 0) + NOISE[0]
GOOD = 0.8 + FALL + NOISE[1]
SPELLED = {
    "a line": "Epoch {n}: train loss {t:.4f} val loss {v:.4f}\n",
    "two lines": "Epoch {n}/40\nloss: {t:.4f} - val_loss: {v:.4f}\n",
    "headings": "Epoch {n}\nTraining:\n  loss: {t:.4f}\nValidation:\n  loss: {v:.4f}\n",
    "rounds": "[{n}]\ttrain-rmse:{t:.4f}\tvalid-rmse:{v:.4f}\n",
    "table": "{n},{t:.4f},{v:.4f}\n",
}


def told(spelled, validation):
    rows = zip(EPOCHS, 0.1 + FALL, validation, strict=True)
    return [SPELLED[spelled].format(n=n, t=t, v=v) for n, t, v in rows]


def judged(tmp_path, spelled, lines):
    path = tmp_path / "log.csv" if spelled == "table" else tmp_path / "log.txt"
    path.write_text("epoch,loss,val_loss\n" * (spelled == "table") + "".join(lines))
    verdict = fs.diagnose(path)
    assert isinstance(verdict, fs.Verdict)
    return verdict


def codes(verdict):
    return {check.code for check in verdict.checks}


@pytest.mark.parametrize("ahead", [0, 1, 3])
@pytest.mark.parametrize("spelled", SPELLED)
def test_two_programs_at_once(tmp_path, spelled, ahead):
    """One is some epochs ahead of the other, or they keep pace."""
    first, second = told(spelled, GOOD), [""] * ahead + told(spelled, OVERFIT)
    both = chain.from_iterable(zip_longest(first, second, fillvalue=""))
    verdict = judged(tmp_path, spelled, both)
    assert "FS225" in codes(verdict)
    assert verdict.undecided


@pytest.mark.parametrize("spelled", SPELLED)
def test_who_is_first_changes(tmp_path, spelled):
    pairs = zip(told(spelled, GOOD), told(spelled, OVERFIT), strict=True)
    random = np.random.default_rng(1)
    both = chain.from_iterable(p[::-1] if random.uniform() < 0.5 else p for p in pairs)
    verdict = judged(tmp_path, spelled, both)
    assert "FS225" in codes(verdict)
    assert verdict.undecided


@pytest.mark.parametrize("spelled", SPELLED)
def test_one_program_is_believed(tmp_path, spelled):
    alone = told(spelled, OVERFIT)
    twice = chain.from_iterable(zip(alone, alone, strict=True))  # as two processes of one do
    resumed = [*alone[:20], *told(spelled, OVERFIT + 0.02)[14:30], *alone[25:]]
    for lines in (alone, twice, resumed):
        verdict = judged(tmp_path, spelled, lines)
        assert "FS225" not in codes(verdict)
        assert verdict.label == "overfit"
        assert not verdict.undecided


def test_evaluations_within_an_epoch_are_one_run(tmp_path):
    at = np.arange(80) / 2
    values = 1.0 + 1.2 * np.exp(-at / 5) + 0.02 * np.maximum(at - 14, 0)
    text = SPELLED["a line"]
    lines = [text.format(n=n // 2, t=0.1 + 0.9**n, v=v) for n, v in enumerate(values)]
    verdict = judged(tmp_path, "a line", lines)
    assert "FS225" not in codes(verdict)
    assert verdict.label == "overfit"
    assert not verdict.undecided
