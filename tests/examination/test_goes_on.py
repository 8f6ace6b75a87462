"""An examination that is stopped again and again comes to the same answer."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import polars as pl

from fitscope.examination.options import options
from fitscope.examination.run import answered, run_examination
from fitscope.study.folder import read_study
from fitscope.study.growing import Training


def shop():
    """Rows of which two columns say something of the target."""
    random = np.random.default_rng(0)
    x, z = random.normal(size=(2, 250)).round(6)
    colour = random.choice(["red", "green", "blue"], 250)
    bought = 3 * x + 2 * (colour == "red") + random.normal(size=250) > 0.7
    return pl.DataFrame({"x": x, "z": z, "colour": colour, "bought": np.where(bought, "y", "n")})


def examined(out, resume=False):
    chosen = options(target="bought", learners=("hgb",), folds=1, budget="1h", jobs=1, quick=True)
    return run_examination(chosen, out, given=shop(), resume=resume, drawn=False)


def untimed(stored):
    """What was found, but for how long it took."""
    found = stored.results.as_dict()
    for run in (*found["runs"], *found.get("subsets", [])):
        del run["seconds"]
    return found


def test_stopped_after_every_third_model_it_comes_to_the_same(tmp_path, monkeypatch):
    meant = examined(tmp_path / "whole")
    train, stops, new = Training.train, 0, 0

    def until_the_third(self, models, until=None):
        nonlocal new
        for name, one in models.items():
            before = len(self.runs)
            train(self, {name: one}, until)
            new += len(self.runs) > before
            if new == 3:
                new = 0
                raise KeyboardInterrupt
        return train(self, models, until)

    monkeypatch.setattr(Training, "train", until_the_third)
    out = tmp_path / "stopped"
    while not (stops and answered(out)):
        with suppress(KeyboardInterrupt):
            examined(out, resume=stops > 0)
        stops += 1
    assert stops > 3, "it was hardly stopped"
    found = read_study(out)
    assert found.document.application == meant.document.application
    assert found.document.entries == meant.document.entries
    assert untimed(found) == untimed(read_study(tmp_path / "whole"))
