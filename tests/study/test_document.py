"""study.json: what is written is read again, whatever the names hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fitscope.learners import to_stored
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.names import slugs
from fitscope.stopping.early import EarlyStopping
from fitscope.study.document import (
    FORMAT,
    DataEntry,
    Histogram,
    ModelEntry,
    StudyDocument,
    TaskEntry,
)
from fitscope.task import BINARY

MODELS = {
    "Tiny": (MLP(16), ["sizes", "regularizers"]),
    "Large": (MLP(512, 512), ["sizes"]),
    "L2": (MLP(512, 512, l2=1e-3), ["regularizers"]),
    "none": (MLP(), []),
}


def document(names: list[str] | None = None, **changes) -> StudyDocument:
    models = dict(zip(names, MODELS.values(), strict=False)) if names else MODELS
    values = {
        "created": "2025-03-01T10:00:00+01:00",
        "data": DataEntry(
            kind="simulated",
            location="simulated events",
            simulated=True,
            fingerprint="0" * 64,
            train_rows=10_000,
            validation_rows=1_000,
            feature_names=[f"x{i}" for i in range(28)],
            task=TaskEntry(kind="binary", labels=["0", "1"]),
            target={"train": [0.47, 0.53], "validation": [0.49, 0.51]},
            constant=0.69,
        ),
        "models": [
            ModelEntry(
                name=name,
                slug=slug,
                groups=groups,
                spec=to_stored(model),
                size=model.size(28, BINARY),
            )
            for slug, (name, (model, groups)) in zip(slugs(models), models.items(), strict=True)
        ],
        "plan": Plan(stopping=EarlyStopping("val_loss", patience=7)).as_dict(),
        "repeats": 5,
        "seed": 3,
        "device": "cpu",
        "versions": {"fitscope": "0.1.0"},
        "machine": {"cores": 2},
        "histogram": Histogram(counts=[1, 2], edges=[0.0, 0.5, 1.0], rows=1_000),
    }
    return StudyDocument(**{**values, **changes})


@settings(max_examples=25, deadline=None)
@given(
    names=st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True),
    command=st.none() | st.text(),
)
def test_a_document_survives_json(names: list[str], command: str | None):
    written = document(names, command=command)
    again = StudyDocument.model_validate(json.loads(written.model_dump_json()))
    assert again.model_dump_json() == written.model_dump_json()
    assert [e.name for e in again.models] == names
    for entry, (model, _) in zip(again.models, MODELS.values(), strict=False):
        assert entry.learner == model
        assert again.entry(entry.name) is entry
    assert again.training_plan == Plan(stopping=EarlyStopping("val_loss", patience=7))


def test_groups_are_in_the_order_of_the_models():
    groups = document().groups()
    assert {g: [e.name for e in entries] for g, entries in groups.items()} == {
        "sizes": ["Tiny", "Large"],
        "regularizers": ["Tiny", "L2"],
    }
    assert list(groups) == ["sizes", "regularizers"]


def test_the_keys_of_the_contract_are_there():
    found = json.loads(document().model_dump_json())
    assert found["format"] == FORMAT == 2
    assert {
        "data", "models", "plan", "repeats", "seed", "versions", "machine", "histogram"
    } <= set(found)  # fmt: skip
    assert found["models"][0]["spec"]["hidden"] == [16]
    assert found["models"][0]["size"] == {"count": 481, "unit": "parameters"}


@pytest.mark.parametrize(
    "change",
    [{"repeats": 0}, {"seed": -1}, {"device": "tpu"}, {"surprise": 1}],
)
def test_what_cannot_be_is_refused(change: dict):
    with pytest.raises(ValidationError):
        document(**change)


def test_a_document_does_not_change():
    with pytest.raises(ValidationError):
        document().seed = 4  # type: ignore[misc]
