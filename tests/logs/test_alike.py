"""Of a long printed log some of the lines that are alike are read, and what was validated all."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose, assert_array_equal

from fitscope.logs.console.alike import Alike
from fitscope.logs.console.lines import lines
from fitscope.logs.console.read import read_printed
from fitscope.logs.files import read_file
from fitscope.logs.names import meaning

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


def one_line_an_epoch(loss):
    for epoch in range(1, 3_000):
        yield f"Epoch {epoch}: loss {loss()} val_loss {loss()} lr 0.001"


def named_apart(loss):
    """What is about validation rows begins later, so that strides are not in step."""
    for epoch in range(1, 3_000):
        yield f"Epoch {epoch}/3000"
        yield f"train loss: {loss()} - 12 s"
        if epoch > 503:
            yield f"valid loss: {loss()}"


def table(loss):
    yield "  epoch    train_loss    valid_loss     dur"
    for epoch in range(1, 3_000):
        yield f"{epoch:7d}        {loss()}        {loss()}  2.43s"


def ranks(loss):
    """Four processes, of which some are behind when an epoch begins."""
    for epoch in range(1, 13):
        for batch in range(1, 301):
            for rank in range(4):
                late = epoch > 1 and batch <= 3 * rank
                yield f"[rank {rank}] Epoch {epoch - late} [{batch}/300] loss {loss()} lr 0.001"
        yield from (f"[rank {rank}] Epoch {epoch} val loss {loss()}" for rank in range(4))


def under_headings(loss):
    for epoch in range(1, 9):
        for heading, batches in ((f"Epoch {epoch}\nTraining", 900), ("Validation", 300)):
            yield heading
            yield from (f"  batch {at}/{batches} loss {loss()}" for at in range(1, batches + 1))


def measured_in_some(loss):
    for epoch in range(1, 13):
        for batch in range(1, 801):
            measured = f" val_loss {loss()}" if batch % 200 == 0 else ""
            yield f"Epoch {epoch} batch {batch} loss {loss()}{measured}"


SHAPES = [one_line_an_epoch, named_apart, table, ranks, under_headings, measured_in_some]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_value_moves_to_another_epoch(shape):
    random = np.random.default_rng(3)
    text = "".join(f"{line}\n" for line in shape(lambda: f"{random.uniform(0.3, 0.6):.4f}"))
    shorter = Alike(io.BytesIO(text.encode()), exact=10_000).readall()
    exact, found = (
        read_printed("here", lines(io.BytesIO(data))) for data in (text.encode(), shorter)
    )
    assert found.curves.keys() == exact.curves.keys()
    for name, curve in exact.curves.items():
        assert found.curves[name].epochs is not None
        assert_array_equal(found.curves[name].epochs, curve.epochs)
        if meaning(name).part == "validation":
            assert_array_equal(found.curves[name].values, curve.values)


def test_lines_keep_their_order():
    text, _ = log_of(12, "Epoch {epoch} batch {at} lr 0.001\n  loss {loss:.6f}{mean:.6f}\n")
    text = text.replace(b"  loss", b"  a warning, first\n  loss", 1)  # kinds are out of step
    where = {line: at for at, line in enumerate(text.splitlines())}
    kept = Alike(io.BytesIO(text), exact=10_000).readall().splitlines()
    places = [where[line] for line in kept]
    assert len(kept) < len(where) / 2
    assert places == sorted(places)


def test_a_note_tells_how_many_were_passed_over(tmp_path):
    text, held_back = log_of(
        4, f"Epoch {{epoch}} [{{at}}/{{of}}] loss {{loss:.4f}} {'of ' * 1_000}\n"
    )
    path = tmp_path / "train.log"
    path.write_bytes(text)
    (log,) = read_file(path)
    (note,) = (note for note in log.notes if "passed over" in note)
    assert f"of {4 * (BATCHES + 1):,} lines" in note
    (validation,) = (curve for name, curve in log.curves.items() if "val" in name.lower())
    assert_array_equal(validation.values, held_back)
