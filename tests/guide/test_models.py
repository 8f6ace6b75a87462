"""The guide's models and plan, and choosing among them by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.guide.models import MODELS, choose, plan
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.stopping.early import EarlyStopping


def test_the_models_are_the_guides():
    assert {name: model.parameters(28) for name, (model, _) in MODELS.items()} == {
        "Tiny": 481,
        "Small": 753,
        "Medium": 10_241,
        "Large": 803_329,
        "L2": 803_329,
        "Dropout": 803_329,
        "Combined": 803_329,
    }
    found = {name: model.as_dict() for name, (model, _) in MODELS.items()}
    assert all(settings["activation"] == "elu" for settings in found.values())
    assert {n: (s["l1"], s["l2"], s["dropout"]) for n, s in found.items()} == {
        **dict.fromkeys(("Tiny", "Small", "Medium", "Large"), (0, 0, 0)),
        "L2": (0, 0.001, 0),
        "Dropout": (0, 0, 0.5),
        "Combined": (0, 0.0001, 0.5),
    }
    assert {name: groups for name, (_, groups) in MODELS.items()} == {
        "Tiny": ("sizes", "regularizers"),
        **dict.fromkeys(("Small", "Medium", "Large"), ("sizes",)),
        **dict.fromkeys(("L2", "Dropout", "Combined"), ("regularizers",)),
    }


def test_the_plan_is_the_guides():
    assert plan() == Plan(
        batch_size=500,
        max_epochs=10_000,
        learning_rate=inverse_time_decay(1e-3, decay_epochs=1_000, decay_rate=1.0),
        optimizer="adam",
        stopping=EarlyStopping("val_binary_crossentropy", patience=200),
    )
    short = plan(batch_size=10, max_epochs=20, patience=3)
    assert (short.batch_size, short.max_epochs) == (10, 20)
    assert short.stopping == EarlyStopping("val_binary_crossentropy", patience=3)


def test_no_names_are_all_names():
    assert choose(None) == MODELS
    assert list(choose(None)) == list(MODELS)
    chosen = choose(None)
    chosen.clear()
    assert len(MODELS) == 7


@given(
    names=st.lists(st.sampled_from(list(MODELS)), min_size=1, unique=True),
    data=st.data(),
)
def test_names_in_any_case(names: list[str], data: st.DataObject):
    change = st.sampled_from([str.lower, str.upper, str.title, lambda name: f"  {name} "])
    given_names = ",".join(data.draw(change)(name) for name in names)
    chosen = choose(given_names)
    assert list(chosen) == names
    assert all(chosen[name] == MODELS[name] for name in names)


@given(widths=st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 9)), min_size=1, max_size=4))
def test_shapes(widths: list[tuple[int, int]]):
    shape = "-".join(f"{w}x{n}" if n > 1 else f"{w}" for w, n in widths)
    units = [w for w, n in widths for _ in range(n)]
    assert choose(shape) == {shape: (MLP(*units), ("sizes",))}
    assert choose(f" tiny , {shape.upper()}") == {"Tiny": MODELS["Tiny"], **choose(shape)}


def test_shapes_of_the_contract():
    assert choose("1024x4")["1024x4"][0] == MLP(1024, 1024, 1024, 1024)
    assert choose("64-32")["64-32"][0] == MLP(64, 32)
    assert choose("16x1")["16x1"][0] == MLP(16)


@pytest.mark.parametrize(
    "names",
    [
        "", ",", "tiny,", "huge", "tiny,huge", "0", "0x4", "16x0", "-16", "16-", "16--16", "x4",
        "16x", "1.5", "16x4x4", "1e3", "+16", "tiny;small", "tiny small", "016",
    ],
)  # fmt: skip
def test_unknown_names(names: str):
    with pytest.raises(UserError, match="--models: unknown model") as caught:
        choose(names)
    message = str(caught.value)
    assert "Combined" in message
    assert "1024x4" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("names", ["tiny,TINY", "L2,l2", "64-32,64-32", "8x2,tiny,8X2"])
def test_named_twice(names: str):
    with pytest.raises(UserError, match="twice"):
        choose(names)


@pytest.mark.parametrize(
    "shape", ["999999x2", "99999999999999999999", "16x99999", "50000-50000", "999999999"]
)
def test_shapes_beyond_any_machine(shape: str):
    with pytest.raises(UserError, match="larger than any machine"):
        choose(shape)
