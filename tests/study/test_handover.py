"""Rows handed to a worker: the same values, and no second copy of mapped files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.study.handover import PARTS, hand_over, take_over


def arrays(train: int = 11, validation: int = 7, features: int = 3) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        "x_train": random.normal(size=(train, features)).astype(np.float32),
        "y_train": random.integers(0, 2, train).astype(np.float32),
        "x_validation": random.normal(size=(validation, features)).astype(np.float32),
        "y_validation": random.integers(0, 2, validation).astype(np.float32),
    }


def handed(split: Split, folder: Path) -> Split:
    """The split on the other side; between them nothing but files."""
    hand_over(split, folder / "rows.json")
    found = take_over(folder / "rows.json")
    for part in PARTS:
        array = getattr(found, part)
        assert array.dtype == getattr(split, part).dtype
        assert not array.flags.writeable
        np.testing.assert_array_equal(array, getattr(split, part))
    assert (found.fingerprint, found.task) == (split.fingerprint, split.task)
    found.__dict__.pop("fingerprint")
    assert found.fingerprint == split.fingerprint  # handed over, and true
    return found


def files(folder: Path) -> set[str]:
    """Names of what was saved beside the description."""
    return {path.stem for path in folder.iterdir()} - {"rows"} if folder.exists() else set()


def test_arrays_in_memory_are_saved(tmp_path: Path):
    split = Split(**arrays())
    found = handed(split, tmp_path / "rows")
    assert files(tmp_path / "rows") == set(PARTS)
    assert (len(found.x_train), len(found.x_validation), found.features) == (11, 7, 3)


@pytest.mark.parametrize("mapped_too", [False, True])
def test_a_regression_keeps_its_numbers(mapped_too: bool, tmp_path: Path):
    y = 1e9 + np.random.default_rng(2).normal(size=18)  # float32 would not tell them apart
    if mapped_too:
        np.save(tmp_path / "y.npy", y)
        y = np.load(tmp_path / "y.npy", mmap_mode="r")
    rows = {**arrays(), "y_train": y[:11], "y_validation": y[11:]}
    found = handed(Split(**rows, task="regression"), tmp_path / "rows")
    assert found.task.kind == "regression"
    assert files(tmp_path / "rows") == set(PARTS) - (
        {"y_train", "y_validation"} if mapped_too else set()
    )


def test_labels_are_handed_over(tmp_path: Path):
    names = np.array(["b", "a", "c"])
    rows = {**arrays(9, 6), "y_train": np.tile(names, 3), "y_validation": np.tile(names, 2)}
    assert handed(Split(**rows), tmp_path).task.labels == ("a", "b", "c")


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_in_memory_of_any_layout(order: str, tmp_path: Path):
    rows = {name: np.asarray(a, order=order) for name, a in arrays().items()}  # type: ignore[call-overload]
    rows["x_train"] = rows["x_train"][::-1]
    rows["y_train"] = rows["y_train"][::-1]
    handed(Split(**rows), tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file with a label and three features a row, one column after the other."""
    random = np.random.default_rng(1)
    columns = random.normal(size=(4, 40)).astype(np.float32)
    columns[0] = random.integers(0, 2, 40)
    path = tmp_path / "table.npy"
    np.save(path, columns)
    return path


def mapped(path: Path, **options) -> np.ndarray:
    """The table as a map, rows first: strides are those of columns."""
    return np.load(path, mmap_mode="r", **options).T


def parts_of(table: np.ndarray, train: slice, validation: slice) -> Split:
    return Split(table[train, 1:], table[train, 0], table[validation, 1:], table[validation, 0])


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        (slice(10, None), slice(0, 10)),
        (slice(0, 30), slice(30, 40)),
        (slice(None, None, 2), slice(1, None, 2)),
        (slice(39, 9, -1), slice(9, None, -1)),
    ],
)
def test_views_of_a_mapped_file_are_described(
    table: Path, tmp_path: Path, train: slice, validation: slice
):
    split = parts_of(mapped(table), train, validation)
    found = handed(split, tmp_path / "rows")
    assert files(tmp_path / "rows") == set()  # nothing was copied
    assert found.x_train.strides == split.x_train.strides


def test_views_of_views_and_other_offsets(table: Path, tmp_path: Path):
    raw = np.memmap(table, np.float32, "r", offset=128 + 4 * 5, shape=(3, 40), order="C")
    x = np.asarray(raw)[1:, 2:].T[3:][::3]
    y = (mapped(table)[:, 0])[: len(x)]
    split = Split(x, y, x[:2], y[:2])
    handed(split, tmp_path / "rows")
    assert files(tmp_path / "rows") == set()


def test_mapped_and_in_memory_together(table: Path, tmp_path: Path):
    rows = mapped(table)
    labels = (rows[:, 0] > 0.5).astype(np.float32)  # in memory
    split = Split(rows[:30, 1:], labels[:30], rows[30:, 1:], labels[30:])
    handed(split, tmp_path / "rows")
    assert files(tmp_path / "rows") == {"y_train", "y_validation"}


def test_rows_of_another_type_are_copied(tmp_path: Path):
    path = tmp_path / "double.npy"
    np.save(path, np.random.default_rng(0).normal(size=(9, 2)))
    x, y = np.load(path, mmap_mode="r"), np.ones(9)
    handed(Split(x, y, x, y), tmp_path / "rows")
    assert files(tmp_path / "rows") == set(PARTS)


def test_changes_that_are_not_in_the_file_are_handed_over_too(table: Path, tmp_path: Path):
    rows = np.load(table, mmap_mode="c").T  # copy on write: the file does not change
    rows[:, 1] += 1
    handed(parts_of(rows, slice(0, 30), slice(30, 40)), tmp_path / "rows")


def test_a_relative_path_is_found_from_anywhere(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(table.parent)
    split = parts_of(mapped(Path(table.name)), slice(0, 30), slice(30, 40))
    hand_over(split, tmp_path / "rows" / "rows.json")
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(take_over(tmp_path / "rows" / "rows.json").x_train, split.x_train)


def test_another_process_sees_the_same_rows(table: Path, tmp_path: Path):
    split = parts_of(mapped(table), slice(5, 40), slice(0, 5))
    hand_over(split, tmp_path / "rows" / "rows.json")
    code = (
        "import sys; from pathlib import Path; from fitscope.study.handover import take_over;"
        "s = take_over(Path(sys.argv[1])); s.__dict__.pop('fingerprint');"
        "print(s.fingerprint)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "rows" / "rows.json")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == split.fingerprint


def test_no_place_to_write(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="file"):
        hand_over(Split(**arrays()), tmp_path / "file" / "rows.json")
