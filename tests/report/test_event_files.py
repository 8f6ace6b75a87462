"""Event files, read back with TensorBoard's own readers."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError
from report.made_up import GUIDE, document, write_study
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.util.tensor_util import make_ndarray

from fitscope.errors import UserError
from fitscope.report.tensorboard import write_logs

METRICS = ("loss", "binary_crossentropy", "accuracy")
TAGS = {
    "train": {"epoch_learning_rate", *(f"epoch_{name}" for name in METRICS)},
    "validation": {f"epoch_{name}" for name in METRICS},
}
MODELS = {name: GUIDE[name] for name in ("Tiny", "Large", "L2")}


def read(directory: Path) -> EventAccumulator:
    return EventAccumulator(str(directory), size_guidance={"tensors": 0}).Reload()


def files(folder: Path) -> dict[str, bytes]:
    return {str(x.relative_to(folder)): x.read_bytes() for x in folder.rglob("*") if x.is_file()}


def test_a_run_lies_under_each_group_of_its_model(study):
    stored = study(MODELS)
    directories = write_logs(stored)
    logs = stored.folder.tensorboard
    assert {str(x.relative_to(logs)) for x in directories} == {
        "sizes/tiny",
        "regularizers/tiny",
        "sizes/large",
        "regularizers/l2",
    }
    assert files(logs / "sizes/tiny") == files(logs / "regularizers/tiny")


def test_repeats_have_folders_of_their_own(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, repeats=2)
    write_logs(stored)
    logs = stored.folder.tensorboard
    found = {str(file.parent.relative_to(logs)) for file in logs.rglob("*tfevents*")}
    assert found == {
        f"{group}/tiny/{repeat}/{part}"
        for group in ("sizes", "regularizers")
        for repeat in (0, 1)
        for part in TAGS
    }


def test_every_value_comes_back_at_its_epoch(study):
    stored = study(MODELS, epochs=150, repeats=2)
    write_logs(stored)
    history = stored.histories.filter((pl.col("model") == "L2") & (pl.col("repeat") == 1))
    for part, tags in TAGS.items():
        log = read(stored.folder.tensorboard / "regularizers" / "l2" / "1" / part)
        assert set(log.Tags()["tensors"]) == tags
        for tag in tags:
            assert log.SummaryMetadata(tag).plugin_data.plugin_name == "scalars"
            events = log.Tensors(tag)
            assert [event.step for event in events] == history["epoch"].to_list()
            column = tag.replace("epoch_", "val_" if part == "validation" else "", 1)
            values = [make_ndarray(event.tensor_proto).item() for event in events]
            np.testing.assert_array_equal(
                np.float32(values), history[column].to_numpy().astype(np.float32)
            )
            times = np.array([event.wall_time for event in events])
            assert (np.diff(times) > 0).all()
            assert times[-1] - times[0] == pytest.approx(2.5 * 156 / 157, abs=1e-3)


def test_an_event_is_built_as_tensorboards_own_scalar_is(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=2)
    write_logs(stored)
    (file,) = (stored.folder.tensorboard / "sizes" / "tiny" / "train").iterdir()
    first, *rest = [Event.FromString(raw) for raw in RawEventFileLoader(str(file)).Load()]
    assert first.file_version == "brain.Event:2"
    for event in rest:
        (value,) = event.summary.value
        (expected,) = scalar_pb(value.tag, make_ndarray(value.tensor).item()).value
        assert value.metadata == expected.metadata
        assert value.tensor.dtype == expected.tensor.dtype
        assert value.tensor.HasField("tensor_shape")
        assert not value.tensor.tensor_shape.dim


def test_diverged_and_enormous_losses_are_kept(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=10, diverged=["Tiny"])
    huge = stored.histories.with_columns(
        pl.when(pl.col("epoch") == 0).then(1e300).otherwise(pl.col("loss")).alias("loss")
    )
    huge.write_parquet(stored.folder.histories)
    object.__setattr__(stored, "histories", huge)
    write_logs(stored)
    events = read(stored.folder.tensorboard / "sizes/tiny/train").Tensors("epoch_loss")
    values = [make_ndarray(event.tensor_proto).item() for event in events]
    assert values[0] == np.inf
    assert np.isnan(values[-3:]).all()


def test_what_is_there_already_is_left_alone(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=5)
    first = write_logs(stored)
    marks = {x: x.stat().st_mtime_ns for x in stored.folder.tensorboard.rglob("*tfevents*")}
    assert write_logs(stored) == first
    assert {x: x.stat().st_mtime_ns for x in marks} == marks


def test_two_programs_that_write_one_study_do_not_fail(study, monkeypatch):
    """Both see that nothing is there; the second finds it written."""
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=5)
    write_logs(stored)
    there = files(stored.folder.tensorboard)
    monkeypatch.setattr(Path, "exists", seen_once := Seen(Path.exists))
    write_logs(stored)
    assert seen_once.hidden
    monkeypatch.undo()
    assert files(stored.folder.tensorboard) == there


class Seen:
    """`Path.exists` that does not see a run's folder the first time it is asked for it."""

    def __init__(self, exists):
        self.exists = exists
        self.hidden: set[Path] = set()

    def __get__(self, path, _=None):
        return lambda **options: self(path, **options)

    def __call__(self, path, **options):
        if path.name == "tiny" and path not in self.hidden:
            self.hidden.add(path)
            return False
        return self.exists(path, **options)


def test_the_same_study_gives_the_same_files(tmp_path):
    made = document({"Tiny": GUIDE["Tiny"]})
    one, two = (write_study(tmp_path / name, made, epochs=5) for name in ("one", "two"))
    write_logs(one)
    write_logs(two)
    assert files(one.folder.tensorboard) == files(two.folder.tensorboard)


def test_a_failure_leaves_nothing_half_written(study):
    stored = study({"Tiny": GUIDE["Tiny"]}, epochs=5)
    stored.folder.tensorboard.write_text("a file in the way")
    before = {x.name for x in stored.folder.path.iterdir()}
    with pytest.raises(UserError, match="tensorboard") as caught:
        write_logs(stored)
    assert "\n" not in str(caught.value)
    assert {x.name for x in stored.folder.path.iterdir()} == before


@pytest.mark.parametrize("group", ["../../up", "a/b", "..", ""])
def test_group_names_cannot_leave_the_folder(study, group):
    with pytest.raises(ValidationError, match="plain word"):
        study({"Tiny": (GUIDE["Tiny"][0], [group])}, epochs=5)


def test_a_real_tensorboard_shows_the_tags(study):
    stored = study(MODELS, epochs=20)
    write_logs(stored)
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", stored.folder.tensorboard]
    with subprocess.Popen(
        [*map(str, command), "--host", "127.0.0.1", "--port", "0", "--load_fast", "false"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            address = served(server)
            runs = {
                f"{run}/{part}": tags
                for run in ("sizes/tiny", "sizes/large", "regularizers/tiny", "regularizers/l2")
                for part, tags in TAGS.items()
            }
            assert {run: set(tags) for run, tags in shown(address, len(runs)).items()} == runs
            query = "run=sizes%2Flarge%2Fvalidation&tag=epoch_binary_crossentropy"
            points = json.loads(get(f"{address}data/plugin/scalars/scalars?{query}"))
            large = stored.histories.filter(pl.col("model") == "Large")
            assert [step for _, step, _ in points] == large["epoch"].to_list()
            np.testing.assert_allclose(
                [value for *_, value in points], large["val_binary_crossentropy"], rtol=1e-6
            )
        finally:
            server.terminate()
            server.wait(timeout=10)


def served(server: subprocess.Popen[str]) -> str:
    """The address that TensorBoard prints once it listens."""
    assert server.stdout is not None
    printed = []
    for line in server.stdout:
        printed.append(line)
        if found := re.search(r"http://\S+", line):
            return found[0].rstrip("/") + "/"
    raise AssertionError(f"TensorBoard ended: {''.join(printed)}")


def shown(address: str, runs: int) -> dict[str, dict]:
    """What TensorBoard has read, once it has read all runs."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        tags = json.loads(get(f"{address}data/plugin/scalars/tags"))
        if len(tags) >= runs and all(len(found) >= 3 for found in tags.values()):
            return tags
        time.sleep(0.2)
    raise AssertionError("TensorBoard did not read the event files")


def get(address: str) -> bytes:
    with urlopen(address, timeout=10) as answer:
        return answer.read()
