"""A Keras file predicts what its model predicts, on another backend than it was written on."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learners.keras_twin import give, take, twin
from serving.made_up import TREES, examined, rows, study

from fitscope.errors import UserError
from fitscope.learners.constant import Constant
from fitscope.learners.mlp.network import MLP
from fitscope.serving.keras.export import export_keras
from fitscope.serving.served import Served, serve

keras = pytest.importorskip("keras")

NEW = rows(70, seed=9) | {"land": ["DE", "ES", None, "MT", "FR", ""] * 11 + ["IT"] * 4}
REMEDIES = MLP(5, batch_norm=True, dropout=0.5, noise=0.1, l1=1e-4, l2=1e-3, activation="gelu")
OTHER = "torch" if find_spec("torch") else "jax"
LOADS = """
import sys, numpy as np, keras
for number in "01":
    place = f"{sys.argv[1]}/{number}"
    model = keras.models.load_model(f"{place}.keras")
    np.save(f"{place}.npy", model.predict(dict(np.load(f"{place}.npz")), verbose=0))
print(keras.backend.backend())
"""


def raw(described: dict[str, Any], given: dict[str, list[Any]]) -> dict[str, np.ndarray]:
    """Rows as somebody gives them who has the JSON beside the model, and nothing else."""
    found = {}
    for one in described["inputs"]:
        values = given[one["column"]]
        part = one["input"].removeprefix(one["column"]).strip()
        if "levels" in one:
            numbers = [
                one["levels"].index(v or "") if (v or "") in one["levels"] else -1 for v in values
            ]
        elif part or "date" in one["holds"]:
            of = {
                "": lambda d: (d - d.replace(1970, 1, 1, 0, 0)).total_seconds() / 86_400,
                "month": lambda d: d.month,
                "weekday": lambda d: d.isoweekday(),
                "hour": lambda d: d.hour,
            }[part]
            numbers = [np.nan if v is None else of(v) for v in values]
        else:
            numbers = [np.nan if v is None else v for v in values]
        found[one["input"]] = np.array(numbers, one["dtype"])[:, None]
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Served, np.ndarray]]:
    """Models, and what their files predict in another process without fitscope."""
    root = tmp_path_factory.mktemp("keras")
    kinds = [("multiclass", REMEDIES, 2, 1.6), ("regression", MLP(), 1, 1.0)]
    models = []
    for number, (task, learner, folds, temperature) in enumerate(kinds):
        folder = examined(root / task, task, learner, folds=folds, temperature=temperature)
        models.append(serve(folder))
        path = root / f"{number}.keras"
        assert export_keras(models[-1], path, {"fingerprint": "f"}).difference < 5e-6
        described = json.loads((root / f"{number}.json").read_text())
        assert described["classes"] == list(models[-1].labels)
        assert described["about"] == {"fingerprint": "f"}
        np.savez(root / f"{number}.npz", allow_pickle=False, **raw(described, NEW))
    process = subprocess.run(
        [sys.executable, "-c", LOADS, root],
        capture_output=True,
        text=True,
        env={"KERAS_BACKEND": OTHER, "PATH": "", "HOME": str(root)},
        cwd=root,
    )
    assert process.stdout.split()[-1:] == [OTHER], process.stderr
    return [(one, np.load(root / f"{number}.npy")) for number, one in enumerate(models)]


def test_another_backend_predicts_the_same(written: list[tuple[Served, np.ndarray]]):
    (labels, shares), (numbers, values) = written
    np.testing.assert_allclose(shares, labels.predict_proba(NEW), atol=1e-5)
    expected = numbers.predict(NEW)
    np.testing.assert_allclose(values[:, 0], expected, atol=1e-5 * np.abs(expected).max())


def test_other_models(tmp_path: Path):
    served = serve(examined(tmp_path / "constant", "binary", Constant(), temperature=1.4))
    assert export_keras(served, tmp_path / "net.keras", {}).difference < 5e-6
    for task in ("binary", "regression"):
        path = examined(tmp_path / task, task, MLP(3), rounds=2, beside=True)
        assert export_keras(serve(path), tmp_path / "net.keras", {}).difference < 5e-6
    served = serve(study(tmp_path / "study", {"net": MLP(3, 2)}))
    export_keras(served, tmp_path / "net.keras", {})
    x = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    model = keras.models.load_model(tmp_path / "net.keras")
    found = model.predict({"features": x}, verbose=0)
    np.testing.assert_allclose(found, served.predict_proba(x), atol=1e-5)


def test_trees_and_coarse_numbers_are_refused(tmp_path: Path):
    path = tmp_path / "net.keras"
    with pytest.raises(UserError, match=r"net: Keras has no trees; write it as ONNX"):
        export_keras(serve(examined(tmp_path / "a", learner=TREES)), path, {})
    with pytest.raises(UserError, match=r"^net, one of net and plain: Keras has no trees"):
        export_keras(serve(examined(tmp_path / "c", learner=TREES, beside=True)), path, {})
    far = {
        "far": (1e12 + np.random.default_rng(0).normal(size=240)).tolist(),
        "x": list(range(240)),
    }
    with pytest.raises(UserError, match="too coarse where a column's values are large"):
        export_keras(serve(examined(tmp_path / "b", given=far)), path, {})
    assert not list(tmp_path.glob("*net*"))


@pytest.mark.parametrize("model", [MLP(6, 4), REMEDIES, MLP(l2=0.1)])
def test_the_untrained_twin_is_what_anybody_would_write(model: MLP):
    ours, theirs = model.keras(3, outputs=2), twin(model, 3, 2)
    kinds = [type(layer).__name__ for layer in ours.layers]
    assert kinds == [type(layer).__name__ for layer in theirs.layers]
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        settings = ("units", "rate", "stddev", "activation", "kernel_regularizer")
        mine, wanted = one.get_config(), other.get_config()
        assert {name: mine.get(name) for name in settings} == {
            name: wanted.get(name) for name in settings
        }
    assert (
        ours.count_params() == model.parameters(3, 2) + (2 * sum(model.hidden)) * model.batch_norm
    )
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    params, state = take(ours)
    expected = give(theirs, params, state).predict(x, verbose=0)
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, atol=1e-6)
    assert model.keras().built is False
