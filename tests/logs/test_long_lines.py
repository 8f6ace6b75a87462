"""Console logs without line ends: read whole, or it is said how much of them was not."""

from __future__ import annotations

import time

import numpy as np
import pytest

import fitscope as fs
from fitscope.logs.console.lines import clean

N = 16
EPOCHS = np.arange(1, N + 1)
TRAIN = 0.1 + 2 * np.exp(-EPOCHS / 8)
VALIDATION = 1 + 1.2 * np.exp(-EPOCHS / 5) + 0.012 * np.maximum(EPOCHS - 14, 0)

ENTRIES = [
    "Epoch {n}: train loss: {t:.4f}, val loss: {v:.4f}",
    "Epoch {n}/40 train_loss={t:.4f} val_loss={v:.4f}",
    "epoch={n} best epoch 1 train_loss={t:.4f} val_loss={v:.4f}",
    "Época {n}, perda: {t:.4f}, val perda: {v:.4f}",
    "Epoch {n} step {n}00: train loss {t:.4f} val loss {v:.4f}",
    "step {n}00: train loss {t:.4f} val loss {v:.4f}",
    "[{n}] train-rmse:{t:.4f} valid-rmse:{v:.4f}",
    '{{"epoch": {n}, "loss": {t:.4f}, "val_loss": {v:.4f}}}',
]
FILLERS = [  # a sign, how long, and between how many entries
    ("x", 3_000, N),
    ("word ", 40_000, N),
    ("0.123, ", 9_000, N),
    (" ", 70_000, 6),  # more than is read at once
]


def entries(spelled):
    rows = zip(EPOCHS, TRAIN, VALIDATION, strict=True)
    return [spelled.format(n=n, t=t, v=v) for n, t, v in rows]


def judged(tmp_path, text):
    path = tmp_path / "train.log"
    path.write_text(text)
    verdict = fs.diagnose(path)
    assert isinstance(verdict, fs.Verdict)
    return verdict


def assert_whole(verdict, n=N):
    np.testing.assert_allclose(verdict.history.validation, VALIDATION[:n], atol=6e-5)
    np.testing.assert_allclose(verdict.history.train, TRAIN[:n], atol=6e-5)


@pytest.mark.parametrize("filler", FILLERS, ids=str)
@pytest.mark.parametrize("spelled", ENTRIES)
def test_entries_in_a_line_without_an_end(tmp_path, spelled, filler):
    sign, length, n = filler
    between = f" {sign * (length // len(sign))} "
    assert_whole(judged(tmp_path, between.join(entries(spelled)[:n])), n)


@pytest.mark.parametrize("spelled", ENTRIES[:4])
def test_epochs_in_a_line_of_usual_length(tmp_path, spelled):
    assert_whole(judged(tmp_path, " ".join(entries(spelled)) + "\n"))


@pytest.mark.parametrize(
    "spelled",
    [
        "\rEpoch {n}/40 train_loss: {t:.4f}, val_loss: {v:.4f}",
        "\rEpoch {n}/40 [1/2] train_loss: 9.0\rEpoch {n}/40 [2/2] train_loss: {t:.4f} "
        "val_loss: {v:.4f}",
        "\rEpochs: {n}%|# | {n}/40 [00:01<00:02, train_loss={t:.4f}, val_loss={v:.4f}]",
        "\rEpoch {n}:  50%|# | 1/2 [loss=9.0]\rEpoch {n}: 100%|##| 2/2 [loss={t:.4f}, "
        "val_loss={v:.4f}]",
    ],
)
def test_bars_that_overwrite_each_other(tmp_path, spelled):
    assert_whole(judged(tmp_path, "".join(entries(spelled))))


def test_what_was_not_read_is_said(tmp_path):
    """Values behind a dump within their own epoch are not looked for."""
    dump = "word " * 4_000
    texts = [
        entry.replace(":", f": {dump if n % 2 else ''}", 1) + "\n"
        for n, entry in enumerate(entries(ENTRIES[0]))
    ]
    verdict = judged(tmp_path, "".join(texts))
    assert verdict.epochs == N / 2
    (note,) = verdict.evidence.notes
    unread = sum(len(text) - 1 - (1 << 13) for text in texts[1::2])
    assert note.startswith(f"{unread:,} of {sum(map(len, texts)) - N:,} signs")
    assert note.endswith("left out")
    with pytest.raises(fs.UserError, match=r"signs, each behind .* left out"):
        judged(tmp_path, "".join(f"Epoch {n}: loss 0.5 {dump} val_loss 0.6\n" for n in EPOCHS))


def test_a_history_printed_at_the_end_is_read_from_its_long_line(tmp_path):
    n = np.arange(3_000)
    loss = np.round(0.1 + np.exp(-n / 300), 4).tolist()
    held = np.round(0.4 + np.exp(-n / 200), 4).tolist()
    verdict = judged(tmp_path, f"done\n{ {'loss': loss, 'val_loss': held} }\n")
    assert verdict.epochs == 3_000
    assert not verdict.evidence.notes


def test_what_was_best_so_far_takes_no_time_behind_many_blanks():
    before = "loss: 0.5" + " |" * 3_900 + " x"
    begun = time.perf_counter()
    assert clean(f"{before} | Best so far: epoch 3, loss 0.4") == before
    assert time.perf_counter() - begun < 0.2
