"""What cannot be read is said in one line, and the rest is still judged."""

import json
import os
import pickle
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs.made_up_logs import csv_text, losses

import fitscope as fs
from fitscope.api.diagnose import diagnose_paths

TRAIN, VALIDATION = losses()
GOOD = {"epoch": range(60), "loss": TRAIN.tolist(), "val_loss": VALIDATION.tolist()}


def row(epoch, loss, val_loss):
    return f"{epoch},{loss},{val_loss}\n"


HEAD = "epoch,loss,val_loss\n"
FILES = {
    "empty.csv": (b"", "an empty file"),
    "blank.csv": (b"\n\n  \n", "an empty file"),
    "names-only.csv": (HEAD.encode(), "nothing below"),
    "no-names.csv": (row(0, 1, 1).encode() * 3, "line 1 holds numbers"),
    "too-many.csv": ((HEAD + row(0, 1, 1) + "1,2,3,4\n").encode(), "line 3 has 4 fields"),
    "same-name.csv": (b"loss,loss\n1,2\n", "twice"),
    "a-word.csv": ((HEAD + row(0, 1, 1) * 2 + row(2, 1, "x")).encode(), "line 4: val_loss is 'x'"),
    "words.csv": (b"once upon a time\nthere was\n", "one column only"),
    "no-validation.csv": (
        b"epoch,loss\n0,1\n1,2\n",
        "training only: no validation curve among loss",
    ),
    "huge-field.csv": (b"epoch,loss,val_loss\n0,1,2\n1,2,3,4" + b"5" * 200_000, "line 3"),
    "a-table-of-runs.csv": (b"units,layers\n3,1\n4,2\n", "perhaps a table of runs"),
    "one-column.csv": (b"0.5\n0.4\n", "one column only"),
    "rewards.csv": (
        b"epoch,episode,ep_rew_mean,loss\n1,2,3.5,1\n2,3,3.9,1\n",
        "rewards of reinforcement learning",
    ),
    "gan.csv": (b"epoch,d_loss,g_loss\n1,2,3.5\n2,3,3.9\n", "an adversarial pair"),
    "search.json": (
        json.dumps({"mean_test_score": [0.5, 0.6], "mean_train_score": [0.6, 0.7]}).encode(),
        "candidates of a search",
    ),
    "unknown.csv": (b"epoch,val_foo\n1,2\n2,3\n3,2\n", "--higher-is-better or --lower-is-better"),
    "epochs.csv": (b"epoch,loss,val_loss\n1e300,1,2\n2e300,1,2\n", "beyond all counting"),
    "talk.log": (b"we trained the net\nand it was 3 days\n", "no curves in it"),
    "other.db": (b"SQLite format 3\0" + bytes(90), "a database, but not one of MLflow"),
    "garbage.csv": (bytes(range(256)) * 20, "binary data"),
    "torn.csv": ("épöch,löss,val_löss\n1,2,".encode() + b"\xff", "line 2: not text in UTF-8"),
    "archive.log": (b"PK\x03\x04" + bytes(90), "a ZIP archive"),
    "garbage.parquet": (b"PAR1" + bytes(range(256)), "no readable Parquet file"),
    "text.parquet": (b"epoch,loss", "no readable Parquet file"),
    "broken.json": (b'{"loss": [1, 2', "line 1: broken JSON"),
    "empty.json": (b"{}", "no curves in it"),
    "deep.json": (b"[" * 100_000, "nested too deep"),
    "config.json": (b'{"lr": 0.1, "layers": {"units": 3}}', "no curves in it"),
    "unequal.json": (
        json.dumps({"loss": [3, 2, 1], "val_loss": [3, 2]}).encode(),
        "unequal lengths: val_loss has 2 values and loss 3",
    ),
    "history.pkl": (pickle.dumps({"loss": [1.0]}), "a pickle can run any code"),
    "all-nan.csv": ((HEAD + row(0, 1, "nan") + row(1, 1, "nan")).encode(), "no finite"),
}


@pytest.mark.parametrize("name", FILES)
def test_one_line_each(name, tmp_path):
    data, says = FILES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(fs.UserError) as refused:
        fs.diagnose(tmp_path / name)
    message = str(refused.value)
    assert message.startswith(str(tmp_path / name))
    assert says in message
    assert "\n" not in message


def test_the_rest_of_a_folder_is_judged(tmp_path):
    for name, (data, _) in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "weights.bin").write_bytes(bytes(99))  # no log by its name
    (tmp_path / ".hidden.csv").write_bytes(b"")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "good.csv").write_text(csv_text(GOOD))
    found = fs.diagnose(tmp_path)
    assert isinstance(found, fs.Verdicts)
    assert [verdict.source for verdict in found] == [str(tmp_path / "below" / "good.csv")]
    seen = sorted(
        FILES.keys() - {"talk.log", "other.db", "archive.log"}
    )  # which nobody would take for logs
    assert [one.source for one in found.unread] == [str(tmp_path / name) for name in seen]
    for one in found.unread:
        assert FILES[one.source.rpartition("/")[2]][1] in one.error
    keys = {"source", "error", "checks"}
    assert [entry.keys() for entry in found.as_dicts()[1:]] == [keys] * len(seen)


def test_pickles_are_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    for name in ("trainHistoryDict", "history.pkl"):
        (tmp_path / name).write_bytes(pickle.dumps({"loss": Trap()}))
        with pytest.raises(fs.UserError, match="pickle"):
            fs.diagnose(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_no_logs_at_all(tmp_path):
    with pytest.raises(fs.UserError, match="nothing in this folder"):
        fs.diagnose(tmp_path)
    with pytest.raises(fs.UserError, match="no such file or folder"):
        fs.diagnose(tmp_path / "missing")


@pytest.mark.parametrize("x", [3, None, [], {}, [1.0, 2.0], {"loss": 3}, "", np.ones(3), object()])
def test_other_objects(x, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fs.UserError) as refused:
        fs.diagnose(x)
    assert "\n" not in str(refused.value)


def test_two_epochs():
    verdict = fs.diagnose({"loss": [1.0, 0.9], "val_loss": [1.0, 0.95]})
    assert verdict.epochs == 2


@pytest.mark.parametrize("wrong", ["nan", "inf", "-inf", "NaN"])
def test_a_value_that_is_no_number_is_said(wrong, tmp_path):
    values = {**GOOD, "val_loss": [*GOOD["val_loss"]]}
    values["val_loss"][33] = wrong
    (tmp_path / "log.csv").write_text(csv_text(values))
    verdict = fs.diagnose(tmp_path / "log.csv")
    assert "33" in verdict.explanation
    assert verdict.epochs == 60
    json.dumps(verdict.as_dict(), allow_nan=False)


def test_values_beyond_all_squares_count_as_infinite():
    for huge in (1e300, 10**400, -(10**400)):
        values = {**GOOD, "val_loss": [*GOOD["val_loss"]]}
        values["val_loss"][33] = huge
        assert "at epoch 33 were left out" in fs.diagnose(values).explanation
    with pytest.raises(fs.UserError, match="no finite validation value"):
        fs.diagnose({"loss": [1e300] * 60, "val_loss": [1e300 * value for value in VALIDATION]})


def test_a_run_that_diverged(tmp_path):
    values = {name: [*column] for name, column in GOOD.items()}
    for name in ("loss", "val_loss"):
        values[name][45:] = [float("nan")] * 15
    (tmp_path / "log.csv").write_text(csv_text(values))
    (tmp_path / "log.json").write_text(json.dumps({n: list(c) for n, c in values.items()}))
    for name in ("log.csv", "log.json"):
        assert fs.diagnose(tmp_path / name).label == "unstable"


def test_a_doubled_epoch_and_rows_out_of_order():
    order = [0, 1, 2, 3, 3, *range(4, 60)]
    doubled = {name: [list(column)[at] for at in order] for name, column in GOOD.items()}
    verdict = fs.diagnose(doubled)
    assert verdict.history.epochs.tolist() == list(range(60))
    assert verdict.evidence["notes"] == ("1 value came twice: the later ones count",)
    turned = {name: list(column)[::-1] for name, column in GOOD.items()}
    verdict = fs.diagnose(turned)
    assert verdict.history.validation.tolist() == GOOD["val_loss"]
    assert verdict.evidence["notes"] == ("rows were out of order: sorted by epoch",)


def test_a_resumed_run_replaces_what_came_after_its_start(tmp_path):
    """Crashed at epoch 49, resumed from a checkpoint of epoch 30, stopped at 39."""
    rows = [(e, 9.0, 9.0) if e >= 30 else (e, TRAIN[e], VALIDATION[e]) for e in range(50)]
    rows += [(e, TRAIN[e], VALIDATION[e]) for e in range(30, 40)]
    (tmp_path / "log.csv").write_text(HEAD + "".join(row(*one) for one in rows))
    history = fs.diagnose(tmp_path / "log.csv").history
    assert history.epochs.tolist() == list(range(40))
    assert history.validation.tolist() == VALIDATION[:40].tolist()


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="this system has no /dev/fd")
def test_a_program_behind_a_pipe_may_take_its_time_and_a_pipe_alone_may_not(tmp_path, monkeypatch):
    """As of `fitscope diagnose <(python train.py)`, and of a named pipe that nobody writes to."""
    monkeypatch.setattr("fitscope.logs.source.SECONDS", 0.2)
    ours, theirs = os.pipe()

    def slowly():
        time.sleep(0.6)
        with os.fdopen(theirs, "w") as stream:
            stream.write(HEAD + "".join(map(row, range(60), TRAIN, VALIDATION)))

    writer = threading.Thread(target=slowly)
    writer.start()
    assert fs.diagnose(f"/dev/fd/{ours}").epochs == 60
    writer.join()
    os.close(ours)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(fs.UserError, match="nothing came through this pipe"):
        fs.diagnose(tmp_path / "pipe")


def test_a_raised_number_in_a_name_is_no_number():
    found = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION, "val_³1": VALIDATION})
    assert found.epochs == len(TRAIN)


@settings(max_examples=60, deadline=None)
@given(
    start=st.sampled_from([b"", b"{", b"[", b"epoch,loss,val_loss\n", b"PAR1", b"\x80\x04", b'"']),
    rest=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)),
    ending=st.sampled_from([".csv", ".json", ".parquet", ".jsonl", "", ".tfevents.1"]),
)
def test_anything_else_is_refused_too(tmp_path_factory, start, rest, ending):
    file = tmp_path_factory.mktemp("any") / f"log{ending}"
    file.write_bytes(start + rest)
    for one in diagnose_paths([file]).unread:
        assert "\n" not in one.error
