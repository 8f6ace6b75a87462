"""Settings of a training: round trips and refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import Constant, inverse_time_decay
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task

rules = st.builds(
    EarlyStopping,
    monitor=st.sampled_from(["auto", *BINARY.monitors]),
    patience=st.integers(0, 500),
    min_delta=st.floats(0, 1),
    start_from_epoch=st.integers(0, 50),
    restore_best_weights=st.booleans(),
    baseline=st.none() | st.floats(0, 2),
)
plans = st.builds(
    Plan,
    batch_size=st.integers(1, 10_000),
    max_epochs=st.integers(1, 10_000),
    learning_rate=st.one_of(
        st.floats(1e-6, 1.0),
        st.builds(inverse_time_decay, st.floats(1e-6, 1), st.floats(1, 1e4), st.floats(0, 3)),
    ),
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    optimizer_options=st.dictionaries(st.sampled_from(["b1", "eps"]), st.floats(0, 1)),
    stopping=st.none() | rules,
)


@given(plan=plans)
def test_plans_survive_json(plan: Plan):
    again = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert hash(again) == hash(plan)


def test_the_defaults_are_the_guides():
    plan = Plan()
    assert (plan.batch_size, plan.max_epochs, plan.optimizer) == (500, 10_000, "adam")
    assert plan.learning_rate == inverse_time_decay(1e-3, decay_epochs=1_000, decay_rate=1.0)
    assert plan.for_task(BINARY).stopping == EarlyStopping("val_binary_crossentropy", patience=200)


@pytest.mark.parametrize("rate", [0.01, 1, np.float64(0.25), np.float32(0.25), np.int64(1)])
def test_a_number_is_a_constant_rate(rate: float):
    assert Plan(learning_rate=rate).schedule == Constant(float(rate))


def test_a_plan_keeps_no_hold_on_the_options_given():
    options = {"momentum": 0.9}
    plan = Plan(optimizer="sgd", optimizer_options=options)
    options["momentum"] = 0.0
    assert plan.as_dict()["optimizer_options"] == {"momentum": 0.9}


def test_numbers_of_numpy_survive_json():
    rule = EarlyStopping(
        patience=np.int64(3),  # type: ignore[arg-type]
        min_delta=np.float32(0.5),  # type: ignore[arg-type]
        start_from_epoch=np.int32(1),  # type: ignore[arg-type]
        baseline=np.float32(0.25),  # type: ignore[arg-type]
    )
    plan = Plan(learning_rate=inverse_time_decay(np.float32(0.5), np.int64(10)), stopping=rule)
    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, REGRESSION], ids=lambda task: task.kind)
def test_a_rule_looks_at_a_metric_of_the_task(task: Task):
    found = Plan().for_task(task).stopping
    assert found == EarlyStopping(f"val_{task.loss.name}")
    assert Plan(stopping=None).for_task(task) == Plan(stopping=None)
    named = Plan(stopping=EarlyStopping(f"val_{task.score.name}"))
    assert named.for_task(task) == named
    for monitor in ("val_auc", "", "val_val_loss"):
        with pytest.raises(UserError, match=f"unknown metric '{monitor}' of a {task.kind} task"):
            Plan(stopping=EarlyStopping(monitor)).for_task(task)


@pytest.mark.parametrize(
    "settings",
    [
        *[
            {name: bad}
            for name in ("batch_size", "max_epochs")
            for bad in (0, -1, 2.5, True, "9", None, 2**31)
        ],
        {"optimizer_options": {"momentum": np.nan}},
        *[{"learning_rate": bad} for bad in (0.0, -0.1, np.nan, np.inf, True)],
    ],
)
def test_plans_that_make_no_sense(settings: dict):
    with pytest.raises(UserError, match=next(iter(settings))) as caught:
        Plan(**settings)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"monitor": None},
        {"restore_best_weights": "no"},
        *[
            {name: bad}
            for name in ("patience", "min_delta", "start_from_epoch")
            for bad in (-1, np.nan, True)
        ],
        {"patience": 10**18},
        {"start_from_epoch": 10**18},
    ],
)
def test_rules_that_make_no_sense(settings: dict):
    with pytest.raises(UserError, match="EarlyStopping"):
        EarlyStopping(**settings)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Plan(learning_rate="fast"),  # type: ignore[arg-type]
        lambda: Plan(learning_rate=None),  # type: ignore[arg-type]
        lambda: Plan(stopping="early"),  # type: ignore[arg-type]
        lambda: EarlyStopping(patience="many"),  # type: ignore[arg-type]
        lambda: EarlyStopping(patience=None),  # type: ignore[arg-type]
        lambda: EarlyStopping(baseline="low"),  # type: ignore[arg-type]
        lambda: inverse_time_decay("fast", 10),  # type: ignore[arg-type]
    ],
)
def test_settings_of_the_wrong_type(make):
    with pytest.raises(UserError):
        make()


def test_an_optimizer_is_known_at_once_whatever_its_capitals():
    names = [Plan(optimizer=name).optimizer for name in ("Adam", "AdamW", "RMSprop", "SignSGD")]
    assert names == ["adam", "adamw", "rmsprop", "sign_sgd"]
    with pytest.raises(UserError, match="unknown optimizer 'foo'; choose from adam, adamw, sgd, "):
        Plan(optimizer="foo")
