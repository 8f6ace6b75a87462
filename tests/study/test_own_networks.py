"""Networks of the caller's own in a study: trained by workers, stored, gone on with."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from forks import Program

import fitscope as fs
from fitscope.errors import UserError

UNITS = 8


def rows() -> fs.Split:
    random = np.random.default_rng(0)
    x = random.normal(size=(320, 3)).astype(np.float32)
    y = (x[:, 0] + random.normal(0, 0.5, 320) > 0).astype(np.float32)
    return fs.Split(x[:192], y[:192], x[192:], y[192:])


def study(units: int = UNITS) -> fs.Study:
    last = keras.layers.Dense  # closed over, as people do

    def build(features: int) -> keras.Model:
        layers = [keras.Input((features,)), keras.layers.Dense(units, "relu"), last(1)]
        return keras.Sequential(layers)

    made = fs.Study(rows(), fs.Plan(batch_size=64, max_epochs=4, learning_rate=0.01))
    made.add("mine", build)
    return made


def test_a_study_trains_stores_and_shows_them(tmp_path: Path):
    out = tmp_path / "study"
    result = study().run(repeats=2, out=out, progress=False)
    assert result.verdict("mine").advice
    assert {run.epochs for run in result.results.runs} == {4}
    one, other = (result.fitted("mine", repeat) for repeat in (0, 1))
    assert not np.array_equal(one.values[0], other.values[0])
    x = rows().x_validation
    np.save(tmp_path / "x.npy", x)
    # a program that has neither the function nor its module
    code = f"""
import numpy as np, fitscope as fs
result = fs.load({str(out)!r})
x = np.load({str(tmp_path / "x.npy")!r})
np.save({str(tmp_path / "outputs.npy")!r}, result.outputs("mine", x))
"""
    status, _, said = Program("-c", code).end()
    assert status == 0, said
    outputs = result.outputs("mine", x)
    np.testing.assert_allclose(np.load(tmp_path / "outputs.npy"), outputs, rtol=1e-6)
    assert not {file.suffix for file in out.rglob("*")} & {".pkl", ".pickle", ".joblib"}
    # the same function, made anew, is the same study; another one is another
    again = study().run(repeats=2, out=out, resume=True, progress=False)
    assert again.histories.equals(result.histories)
    with pytest.raises(UserError, match="holds a study with other models"):
        study(units=9).run(repeats=2, out=out, resume=True, progress=False)
