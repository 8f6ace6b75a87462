"""Damage in a study folder is named, left out or trained again, and never changes a verdict."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from study.made_up import made_up_split

from fitscope.api.result import Result
from fitscope.errors import Notice, UserError
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.plan import Plan
from fitscope.study import checksums
from fitscope.study.definition import Definition
from fitscope.study.execute import execute
from fitscope.study.folder import read_started, read_study
from fitscope.study.judge import store_judged

MODELS = {"Few": (HGB(max_iter=4), ("m",)), "Many": (HGB(max_iter=9), ("m",))}


def train(path: Path, resume: bool = False):
    definition = Definition((made_up_split(),), Plan(), MODELS, repeats=2, seed=1)
    return execute(definition, path, resume=resume)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return train(tmp_path_factory.mktemp("whole") / "study").folder.path


@pytest.fixture
def study(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "study"))


def files(root: Path) -> list[str]:
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if name not in (".lock", checksums.NAME))


def flip(file: Path, at: float = 0.5) -> None:
    content = bytearray(file.read_bytes())
    content[int(at * (len(content) - 1))] ^= 4
    file.write_bytes(content)


def test_every_lasting_file_has_its_checksum_as_sha256sum_knows_it(whole: Path):
    lines = (whole / checksums.NAME).read_text().splitlines()
    assert sorted(line.split()[1] for line in lines) == files(whole)
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("needs sha256sum")
    subprocess.run([tool, "--strict", "-c", checksums.NAME], cwd=whole, check=True)


@pytest.mark.parametrize("name", ["study.json", "results.json", "histories.parquet"])
@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_flipped_bit_is_refused_in_one_line(study: Path, name: str, at: float):
    before = {one: (study / one).read_bytes() for one in files(study)}
    flip(study / name, at)
    before[name] = (study / name).read_bytes()
    for attempt in (read_study, lambda path: train(path, resume=True)):
        with pytest.raises(UserError, match=f"{name}: damaged") as refusal:
            attempt(study)
        assert "\n" not in str(refusal.value)
    assert {one: (study / one).read_bytes() for one in files(study)} == before


@pytest.mark.parametrize("damage", [flip, Path.unlink, lambda file: file.write_bytes(b"")])
def test_lost_row_losses_change_no_verdict_and_are_said(whole: Path, study: Path, damage):
    damage(study / "rows/few/1.npz")
    before = (study / "results.json").read_bytes()
    with pytest.warns(Notice, match=r"rows/few/1\.npz: missing or damaged"):
        judged = store_judged(read_started(study))
    assert judged.results == read_study(whole).results
    assert (study / "results.json").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["rows/few/1.npz", "weights/many/0.best.skops", "weights/few/0.last.skops"]
)
def test_a_damaged_part_is_trained_again_and_said(whole: Path, study: Path, name: str):
    flip(study / name)
    with pytest.warns(Notice, match=f"{name}: damaged or missing; 1 run is trained again"):
        again = train(study, resume=True)
    assert again.histories.equals(read_study(whole).histories)
    mine, theirs = again.results.as_dict(), read_study(whole).results.as_dict()
    for run in (*mine["runs"], *theirs["runs"]):
        run["seconds"] = 0
    assert mine == theirs
    if name.startswith("rows"):
        rows = [np.load(root / name)["losses"] for root in (study, whole)]
        np.testing.assert_array_equal(*rows)
    assert not checksums.is_lost(study, study / name)


def test_damaged_weights_predict_nothing_and_are_said(study: Path):
    flip(study / "weights/few/0.best.skops")
    with pytest.warns(Notice, match=r"0\.best\.skops: missing or damaged; the verdicts need none"):
        store_judged(read_started(study))
    with pytest.raises(UserError, match=r"0\.best\.skops: damaged.*--resume"):
        Result(read_study(study)).outputs("Few", made_up_split().x_validation, which="best")


def test_a_damaged_list_of_checksums_is_said(study: Path):
    with (study / checksums.NAME).open("ab") as stream:
        stream.write(b"\0 not a line\n")
    with pytest.raises(UserError, match=r"SHA256SUMS: line \d+: damaged"):
        read_study(study)


def test_whenever_a_program_is_killed_every_file_has_one_of_its_checksums(tmp_path, monkeypatch):
    one, two = tmp_path / "one", tmp_path / "two"
    checksums.store(tmp_path, {one: b"1", two: b"1"})

    class Killed(BaseException):
        pass

    for last in range(4):  # SHA256SUMS, then each of the files
        real, written = checksums.write_bytes, []

        def until(file, data, lasting=False, real=real, written=written, last=last):
            if len(written) == last:
                raise Killed
            written.append(file)
            real(file, data, lasting)

        with monkeypatch.context() as patch, suppress(Killed):
            patch.setattr(checksums, "write_bytes", until)
            checksums.store(tmp_path, {one: f"{last} new".encode(), two: b"2"})
        for file in (one, two):
            assert checksums.intact(tmp_path, file) == file.read_bytes()
    checksums.settle(tmp_path)
    assert len((tmp_path / checksums.NAME).read_text().splitlines()) == 2
    one.write_bytes(b"0 new")
    with pytest.raises(checksums.Damaged):
        checksums.intact(tmp_path, one)


def test_folders_of_earlier_versions_have_none(study: Path):
    (study / checksums.NAME).unlink()
    assert read_study(study).results.judged
