"""Printed text: what programs write to a terminal, from a file, a pipe or a string."""

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs.printed import BY_EPOCH, BY_ROUND, SPELLINGS, each, keras_2, table
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.logs.console.lines import lines
from fitscope.logs.console.read import read_printed

AT = np.arange(1, 13)
TRAIN = np.round(0.3 + 1.2 * np.exp(-AT / 3), 4)
VALIDATION = np.round(0.6 + 0.9 * np.exp(-AT / 2) + 0.04 * np.maximum(AT - 5, 0), 4)


def check(verdict, step="epoch", first=1):
    assert isinstance(verdict, fs.Verdict)
    history = verdict.history
    assert_allclose(history.validation, VALIDATION, atol=1e-4)
    assert_allclose(history.train, TRAIN, atol=1e-4)
    assert history.epochs.tolist() == list(range(first, first + 12))
    assert history.step == step
    assert not history.higher_is_better
    return verdict


@pytest.mark.parametrize("program", BY_EPOCH, ids=lambda one: one.__name__)
def test_programs(program):
    check(fs.diagnose(each(program)(TRAIN, VALIDATION)))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings(spelling):
    text = each(lambda n, t, v: spelling.format(n=n, t=t, v=v) + "\n")(TRAIN, VALIDATION)
    check(fs.diagnose("Using device: cpu\nepochs: 12\nlearning_rate: 0.001\n" + text + "Done.\n"))


@pytest.mark.parametrize(
    "prefix", ["2024-01-01 10:00:00,123 - INFO - ", "I0101 10:00:00.1 9 a.py:55] "]
)
@pytest.mark.parametrize("spelling", SPELLINGS[:4])
def test_prefixes_of_logging(prefix, spelling):
    text = each(lambda n, t, v: prefix + spelling.format(n=n, t=t, v=v) + "\n")(TRAIN, VALIDATION)
    check(fs.diagnose(text))


@pytest.mark.parametrize("program", BY_ROUND)
def test_boosting_rounds(program):
    text = BY_ROUND[program](TRAIN, VALIDATION)
    verdict = check(fs.diagnose(text), "round")
    assert "round" in verdict.explanation


@pytest.mark.parametrize("kind", ["markdown", "box", "skorch", "fastai", "pandas"])
def test_tables(kind):
    check(fs.diagnose(table(kind, TRAIN, VALIDATION)))


def test_nanogpt_counts_steps():
    """Training is printed at every tenth step, too, in lines of its own."""
    text = each(
        lambda n, t, v: (
            f"step {250 * n}: train loss {t:.4f}, val loss {v:.4f}\n"
            + "".join(
                f"iter {250 * n + at}: loss 9.1, time 21.05ms, mfu 12.01%\n" for at in (0, 50)
            )
        )
    )(TRAIN, VALIDATION)
    history = fs.diagnose(text).history
    assert history.epochs.tolist() == (250 * AT).tolist()
    assert history.step == "step"
    assert_allclose(history.train, TRAIN)


def test_a_detector_prints_two_tables():
    """Ultralytics: losses of training in one, what was found on validation images in the other."""
    text = each(
        lambda n, t, v: (
            "\n   Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances   Size\n"
            f"    {n}/12       2.5G      {t}      2.0   1.1      20      640: 100%|##| 8/8\n"
            "             Class     Images  Instances      Box(P          R      mAP50  mAP50-95)\n"
            f"                all        128        929      0.64      0.537      0.605      {v}\n"
        )
    )(TRAIN, 1 / VALIDATION)
    verdict = fs.diagnose(text)
    assert verdict.evidence["higher_is_better"]
    assert_allclose(verdict.history.validation, 1 / VALIDATION)


def test_two_runs_in_one_text():
    text = each(keras_2)(TRAIN, VALIDATION)
    first, second = fs.diagnose(text + "starting again\n" + text)
    check(first)
    check(second)
    assert second.source == "text: run 2 of 2"


def test_what_is_said_once_is_no_curve():
    with pytest.raises(fs.UserError, match="training only"):
        fs.diagnose("Epoch 1\nloss: 0.5\nEpoch 2\nloss: 0.4\n")
    with pytest.raises(fs.UserError, match="no line names an epoch"):
        fs.diagnose("Test AUC: 0.8176\n  precision  recall\n 0.26 0.72\n")


def test_runs_that_diverge():
    text = each(lambda n, t, v: f"Epoch {n}: loss {t} val_loss {v}\n")(TRAIN[:8], VALIDATION[:8])
    text += "".join(f"Epoch {n}: loss nan val_loss nan\n" for n in range(9, 13))
    assert fs.diagnose(text).label == "unstable"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_files_of_any_encoding(encoding, line_end, tmp_path):
    """PowerShell redirects in UTF-16."""
    text = each(lambda n, t, v: f"Época {n}: loss {t}, val_loss {v}\n")(TRAIN, VALIDATION)
    if encoding == "latin-1":
        text = text.replace("Época", "Epoch") + "¡adiós!\n"
    (tmp_path / "train.out").write_bytes(text.replace("\n", line_end).encode(encoding))
    check(fs.diagnose(tmp_path / "train.out"))
    check(fs.diagnose(tmp_path))


def test_a_long_text_is_not_held():
    """Gigabytes are read in pieces; a line without an end is cut."""

    class Endless(io.RawIOBase):
        def __init__(self):
            self.left = 40

        def readable(self):
            return True

        def readinto(self, buffer):
            self.left -= 1
            buffer[:] = b"x" * len(buffer)
            return len(buffer) if self.left > 0 else 0

    assert read_printed("x", lines(Endless())).curves == {}
    text = "".join(f"step {n}: loss {1 / n}\n" for n in range(1, 4_001)).encode()
    log = read_printed("x", lines(io.BytesIO(text)))
    assert len(log.curves["loss"].values) == 4_000


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=300) | st.text("Epoch loss:val_0123456789.,=|/[]()%\n\r\t{}'\"-", max_size=300)
)
def test_any_text_is_read_or_refused(text):
    with suppress(fs.UserError):
        fs.diagnose("\n" + text)


def test_standard_input(monkeypatch):
    text = each(keras_2)(TRAIN, VALIDATION).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    verdict = check(fs.diagnose("-"))
    assert verdict.source == "standard input"


@pytest.mark.parametrize(
    ("line", "name", "count"),
    [
        ("[{n}]\ttrain-rmse:{t:.5f}+0.00400\ttest-rmse:{v:.5f}+{d:.5f}\n", "test-rmse", 3),
        (
            "[{n}]\tcv_agg's train l2: {t:.5f} + 0.004\tcv_agg's valid l2: {v:.5f} + {d:.5f}\n",
            "cv_agg's valid l2",
            5,
        ),
    ],
)
def test_deviations_behind_means_over_folds(tmp_path, line, name, count):
    n = np.arange(1, 41)
    v, d = 0.4 + np.exp(-n / 5), 0.02 + n / 1000
    rows = zip(n, 0.3 + np.exp(-n / 5), v, d, strict=True)
    path = tmp_path / "cv.txt"
    path.write_text("".join(line.format(n=a, t=b, v=c, d=e) for a, b, c, e in rows))
    verdict = fs.diagnose(path)
    assert verdict.history.folds is not None
    assert verdict.history.folds.count == count
    np.testing.assert_allclose(verdict.history.folds.deviation, d, atol=1e-5)
    assert verdict.evidence.validation_key == name
    assert any(f"of {count} folds" in note for note in verdict.evidence.notes)


@pytest.mark.parametrize(
    "spelled",
    [
        lambda x: f"{x:,.1f}",
        lambda x: f"{x:,.1f}".replace(",", "'"),
        lambda x: f"{x:,.1f}".replace(",", "\u202f"),
        lambda x: f"{x:,.1f}".translate({44: 46, 46: 44}),
    ],
    ids=["commas", "apostrophes", "thin spaces", "points and a comma"],
)
@pytest.mark.parametrize("name", ["log.txt", "log.csv"])
def test_digits_in_groups(tmp_path, spelled, name):
    n = np.arange(1, 31)
    train, validation = 2e4 * np.exp(-n / 9) + 1500, 3e6 * np.exp(-n / 5) + 2500
    head, line = {
        "log.txt": ("", "Epoch {}: train loss {} val loss {}\n"),
        "log.csv": ("epoch;loss;val_loss\n", "{};{};{}\n"),
    }[name]
    if name == "log.csv" and "." in spelled(0.5):
        head, line = head.replace(";", ","), '{},"{}","{}"\n'
    rows = (map(spelled, pair) for pair in zip(train, validation, strict=True))
    path = tmp_path / name
    path.write_text(head + "".join(line.format(at, *row) for at, row in zip(n, rows, strict=True)))
    verdict = fs.diagnose(path)
    np.testing.assert_allclose(verdict.history.train, train, atol=0.06)
    np.testing.assert_allclose(verdict.history.validation, validation, atol=0.06)
