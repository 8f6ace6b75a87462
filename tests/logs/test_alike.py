"""Of a long printed log some of the lines that are alike are read, and what was validated all."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose

from fitscope.logs.console.alike import Alike
from fitscope.logs.console.lines import lines
from fitscope.logs.console.read import read_printed

BATCHES = 400


def log_of(epochs: int, batch: str) -> tuple[bytes, np.ndarray]:
    """A log with a line a batch, and the validation losses in it."""
    random = np.random.default_rng(5)
    train = 0.3 + np.exp(-np.arange(epochs * BATCHES).reshape(epochs, BATCHES) / 4_000)
    train += random.normal(0, 0.01, train.shape)
    held_back = np.round(0.5 + np.exp(-np.arange(epochs) / 8), 4)
    text = []
    for epoch, (losses, measured) in enumerate(zip(train, held_back, strict=True), 1):
        for at, loss in enumerate(losses.tolist(), 1):
            mean = losses[:at].mean()
            text.append(batch.format(epoch=epoch, at=at, of=BATCHES, loss=loss, mean=mean))
        text.append(f"Epoch {epoch}: validation loss {measured}\n")
    return "".join(text).encode(), held_back


@pytest.mark.parametrize(
    "batch",
    [
        "Epoch {epoch} [{at}/{of}] lr 0.001 loss {loss:.4f} time 0.123\n",
        "Epoch: [{epoch}][{at}/{of}]\tTime 0.1 (0.1)\tLoss {loss:.4f} ({mean:.4f})\n",
        "Epoch {epoch} batch {at} lr 0.001\n  loss {loss:.4f}\n",
    ],
)
def test_validation_is_read_in_full_and_training_nearly_so(batch):
    text, held_back = log_of(12, batch)
    alike = Alike(io.BytesIO(text), exact=len(text) // 6)
    shorter = alike.readall()
    assert len(shorter) < len(text) / 2
    found = read_printed("here", lines(io.BytesIO(shorter)))
    (validation,) = (curve for name, curve in found.curves.items() if "val" in name.lower())
    assert validation.values.tolist() == held_back.tolist()
    assert validation.epochs is not None
    assert validation.epochs.tolist() == list(range(1, 13))
    (name,) = (name for name in found.curves if name.lower() == "loss")
    exact = read_printed("here", lines(io.BytesIO(text)))
    assert_allclose(found.curves[name].values, exact.curves[name].values, atol=0.004)


def test_the_last_line_of_a_kind_stays():
    text, _ = log_of(6, "Epoch {epoch} [{at}/{of}] loss {loss:.4f}\n")
    kept = Alike(io.BytesIO(text), exact=10_000).readall().decode().splitlines()
    for epoch in range(1, 7):
        assert any(line.startswith(f"Epoch {epoch} [400/400]") for line in kept)


@given(some.lists(some.sampled_from([b"a 1\n", b"b 2\r", b"c\r\n", b"\n", b"d 3", b"a 4\n"])))
def test_nothing_is_invented_or_moved(pieces):
    text = b"".join(pieces)
    assert Alike(io.BytesIO(text)).readall() == text
    kept = Alike(io.BytesIO(text * 40), exact=0).readall()
    assert len(kept) <= len(text * 40)
    rest = iter(text * 40)
    assert all(byte in rest for byte in kept)
