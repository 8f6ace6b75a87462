"""The plan suits tables of any size."""

from __future__ import annotations

from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fitscope.data.split import Split
from fitscope.diagnosis.label import label
from fitscope.diagnosis.measure import measure
from fitscope.examination.ladder import rungs
from fitscope.examination.plan import plan_for
from fitscope.history import History
from fitscope.learners.base import keeps_best
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.task import BINARY


@given(rows=st.integers(1, 10**7), quick=st.booleans())
def test_batches_and_epochs_suit_the_rows(rows: int, quick: bool):
    plan = plan_for(rows, quick)
    assert Plan.from_dict(plan.as_dict()) == plan
    assert keeps_best(MLP(4), plan)
    steps = ceil(rows / plan.batch_size)
    assert plan.batch_size & (plan.batch_size - 1) == 0
    if 1_000 <= rows <= 4_000_000:
        assert 0.5 <= steps / plan.batch_size < 2.1
    assert 10 <= plan.max_epochs <= 2_000
    if not quick and 1_000 <= rows <= 100_000:  # as far as weights can go
        rates = plan.schedule.at(np.arange(plan.max_epochs * steps) / steps)
        assert np.sum(rates) > 8
    assert plan_for(rows, True).max_epochs <= plan_for(rows).max_epochs


def test_ten_times_the_rows_are_no_more_than_eleven_times_the_work_an_epoch():
    for rows in (1_000, 10_000, 100_000):
        few, many = (
            ceil(n / plan_for(n).batch_size) * MLP(64).work(30, BINARY, plan_for(n), n)
            for n in (rows, 10 * rows)
        )
        assert many < 11 * few


def test_a_line_gets_to_where_it_belongs_and_a_rich_network_past_its_best():
    """Labels that a line explains best, with weights of several units."""
    random = np.random.default_rng(0)
    x = random.normal(size=(4_000, 10)).astype(np.float32)
    logits = x @ np.r_[4.0, -3.0, 2.0, np.zeros(7)]
    y = (random.random(4_000) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    split = Split(x[:1_000], y[:1_000], x[1_000:], y[1_000:])
    truth = BINARY.row_losses(logits[1_000:], y[1_000:]).mean()
    plan = plan_for(1_000)
    (line,) = train(MLP(), plan, split)
    assert line.metrics[line.best_epoch, 4] < truth + 0.01
    rich = list(rungs(300, 10, BINARY, ["mlp"]).values())[-1]
    few = Split(x[:300], y[:300], x[3_000:], y[3_000:])
    (found,) = train(rich, plan_for(300), few)
    assert found.stopped == "early stopping"
    history = History(
        source="rich",
        metric=BINARY.loss.name,
        epochs=np.arange(len(found.metrics)),
        train=found.metrics[:, 1],
        validation=found.metrics[:, 4],
        higher_is_better=False,
    )
    assert label(measure(history)).label == "overfit"
