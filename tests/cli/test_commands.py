"""Commands as a user gives them: what they print, what they leave, how they refuse."""

import gzip
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli.refused import refused
from forks import Program


def lines(rows, seed=3):
    """Made-up rows in the published layout."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 28))
    y = (x[:, 0] + random.normal(size=rows) > 0).astype(float)
    table = np.column_stack([y, x])
    return [",".join(f"{value:.18e}" for value in row) for row in table]


def written(path, text):
    path.write_bytes(gzip.compress("\n".join([*text, ""]).encode()))
    return str(path)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return written(tmp_path_factory.mktemp("data") / "rows.csv.gz", lines(400))


SMALL = ("--validation", 100, "--rows", 250, "--max-epochs", 4, "--batch-size", 50)


@pytest.fixture(scope="module")
def study(table, tmp_path_factory):
    """A guide on made-up rows, run as its own process with its output in a pipe."""
    out = tmp_path_factory.mktemp("study") / "guide"
    words = ["guide", "--data", table, "--models", "tiny,8x2", "--repeats", 2, *SMALL]
    process = subprocess.run(
        [sys.executable, "-m", "fitscope.cli.main", *map(str, words), "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert process.returncode == 0, process.stderr
    return out, process.stdout


def test_guide_prints_plainly_and_leaves_everything(study):
    out, printed = study
    assert "\x1b" not in printed, "output piped to a file stays plain"
    assert re.search(r"^Epoch: 0, accuracy:0\.\d{4},  binary_crossentropy:", printed, re.MULTILINE)
    assert "\n....\n" in printed
    assert "Tiny" in printed.splitlines()[-7] or "Tiny" in printed
    assert printed.rstrip().endswith("report.html")
    for name in ("study.json", "histories.parquet", "results.json", "report.html"):
        assert (out / name).stat().st_size > 0
    assert (out / "figures/sizes.png").exists()
    assert list((out / "tensorboard/regularizers/tiny/0/train").glob("*tfevents*"))
    document = json.loads((out / "study.json").read_text())
    assert document["kind"] == "guide"
    assert [m["name"] for m in document["models"]] == ["Tiny", "8x2"]
    assert document["command"].startswith("fitscope guide") or "main.py" in document["command"]


def test_resume_of_a_finished_study_needs_no_options(study, call):
    out, _ = study
    before = (out / "histories.parquet").read_bytes()
    status, printed, error = call("guide", "--resume", "--out", out)
    assert (status, error) == (0, "")
    assert "finished earlier" in printed
    assert (out / "histories.parquet").read_bytes() == before


def test_a_guide_that_lost_its_models_is_damaged(study, call, tmp_path):
    out = tmp_path / "copy"
    out.mkdir()
    document = json.loads((study[0] / "study.json").read_text())
    (out / "study.json").write_text(json.dumps(document | {"models": []}))
    error = refused(call("guide", "--resume", "--out", out))
    assert f"{out / 'study.json'}: damaged, it names no model" in error


def test_resume_of_nothing_says_that_it_starts_anew(table, call, tmp_path):
    words = ("guide", "--data", table, *SMALL, "--models", "tiny", "--out", tmp_path / "new")
    error = refused(call(*words, "--resume", "--jobs", 1))
    assert "no study here to go on with" in error, "the name may be mistyped"
    (tmp_path / "new").mkdir()
    status, _, error = call(*words, "--resume", "--jobs", 1)
    assert status == 0
    assert error == f"fitscope: {tmp_path / 'new'}: nothing to go on with, starting anew\n"


def test_export(study, call, tmp_path):
    out, _ = study
    stored = pl.read_parquet(out / "histories.parquet")
    for ending, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet)):
        target = tmp_path / f"histories.{ending}"
        assert call("export", out, "--histories", target)[0] == 0
        assert read(target).height == stored.height == 16
        assert read(target).columns == stored.columns


def test_report_rebuilds(study, call):
    out, _ = study
    (out / "report.html").unlink()
    (out / "figures/sizes.svg").unlink()
    status, printed, _ = call("report", out)
    assert status == 0
    assert printed.strip() == str(out / "report.html")
    assert (out / "report.html").exists()
    assert (out / "figures/sizes.svg").exists()


def test_describe_prints_the_record_and_101_bins(call, table):
    status, printed, _ = call("data", "describe", "--data", table, "--rows", 300)
    assert status == 0
    first = [float(v) for v in lines(400)[0].split(",")]
    assert f"{first[1]:.7f}"[:8] in printed
    counts = [int(m) for m in re.findall(r"to +-?\d+\.\d+ +([\d,]+) ?█*$", printed, re.MULTILINE)]
    assert len(counts) == 101
    assert sum(counts) == 300 * 28


def test_describe_real_rows_as_the_guide_prints_them(call, shared):
    status, printed, _ = call("data", "describe", shared / "HIGGS-11k.csv.gz")
    assert status == 0
    for number in ("0.869", "-0.635", "0.226", "0.327", "-0.690", "0.754", "-0.249", "-1.092"):
        assert number in printed  # the guide's first record, to three decimals


def test_describe_takes_the_rows_once(call, table):
    for words in ((table,), ("--data", table)):
        status, printed, _ = call("data", "describe", *words, "--rows", 300)
        assert status == 0
        assert f"300 rows from {table}" in printed
    assert "once" in refused(call("data", "describe", table, "--data", table))


def test_version_and_help(call):
    assert call("--version")[1] == "fitscope 0.2.0\n"
    for words in ((), ("guide",), ("data",), ("report",), ("export",), ("tensorboard",)):
        status, printed, _ = call(*words, "--help")
        assert status == 0
        assert "Usage" in printed


def test_a_command_that_there_is_not(call):
    assert "no command 'diagnos'; is it 'diagnose'?" in refused(call("diagnos", "log.csv"))
    assert "fitscope --help shows" in refused(call("zzz"))


def test_a_command_imports_no_other():
    code = (
        "import sys\n"
        "from fitscope.cli.main import COMMANDS, app\n"
        "app(['predict', '--help'], standalone_mode=False)\n"
        "print('FOUND', sorted(m for m in COMMANDS if f'fitscope.cli.{m}' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("FOUND ['predict']"), done.stdout[-300:]


def test_light_imports():
    """`import fitscope` and `--help` must not load what takes time."""
    heavy = "{'jax', 'polars', 'matplotlib', 'scipy', 'tensorboard', 'optax', 'httpx', 'rich'}"
    code = (
        "import sys, fitscope, fitscope.cli.main\n"
        "sys.argv = ['fitscope', '--help']\n"
        "try:\n    fitscope.cli.main.main()\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("HEAVY []"), done.stdout[-300:]


def broken_rows():
    good = lines(400)
    fields = good[200].split(",")

    def with_row(row):
        return [*good[:200], row, *good[201:]]

    return {
        "28 fields": with_row(",".join(fields[:-1])),
        "30 fields": with_row(",".join([*fields, "1"])),
        "text": with_row(",".join([*fields[:5], "higgs", *fields[6:]])),
        "NaN": with_row(",".join([*fields[:5], "nan", *fields[6:]])),
        "inf": with_row(",".join([*fields[:5], "inf", *fields[6:]])),
        "empty field": with_row(",".join([*fields[:5], "", *fields[6:]])),
        "label 2": with_row(",".join(["2.0", *fields[1:]])),
        "too few rows": good[:300],
    }


@pytest.mark.parametrize("defect", list(broken_rows()))
def test_defects_in_rows(defect, call, tmp_path):
    file = written(tmp_path / "rows.csv.gz", broken_rows()[defect])
    out = tmp_path / "out"
    error = refused(call("guide", "--data", file, *SMALL, "--out", out))
    assert file in error
    if defect != "too few rows":
        assert "line 201" in error
    assert not out.exists()


def test_unreadable_files(call, table, tmp_path):
    whole = Path(table).read_bytes()
    (tmp_path / "empty.csv.gz").write_bytes(b"")
    (tmp_path / "plain.csv.gz").write_text("1,2,3\n")
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    for name in ("missing.csv.gz", "empty.csv.gz", "plain.csv.gz", "cut.csv.gz", "."):
        file = tmp_path / name
        error = refused(call("guide", "--data", file, *SMALL, "--out", tmp_path / "out"))
        assert str(file) in error
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words", [("guide", "--data", "gone.gz"), ("examine", "gone.csv", "--target", "y")]
)
def test_a_folder_that_cannot_be_is_said_before_rows_are_read(words, call, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    error = refused(call(*words, "--out", file / "study"))
    assert f"{file / 'study'}: a part of the path is a file" in error
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--models", "tiny,huge"], "unknown model 'huge'"),
        (["--models", "tiny,Tiny"], "named twice"),
        (["--models", ""], "unknown model"),
        (["--models", "0x4"], "unknown model"),
        (["--models", "999999999x9999"], "larger than any machine"),
        (["--rows", "0"], "--rows"),
        (["--validation", "-1"], "--validation"),
        (["--repeats", "0"], "--repeats"),
        (["--repeats", "99999"], "--repeats 99999: too many"),
        (["--seed", "-1"], "--seed"),
        (["--max-epochs", "0"], "--max-epochs"),
        (["--patience", "-1"], "--patience"),
        (["--batch-size", "0"], "--batch-size"),
        (["--jobs", "0"], "--jobs"),
        (["--rows", "many"], "--rows"),
        (["--device", "gpu"], "GPU"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_bad_options(words, says, call, table, tmp_path, monkeypatch):
    monkeypatch.setattr("fitscope.study.device.find_spec", lambda _: None)
    out = tmp_path / "out"
    error = refused(call("guide", "--data", table, *SMALL, *words, "--out", out))
    assert says in error
    assert not out.exists()


def test_options_that_do_not_fit_the_stored_study(study, call):
    out, _ = study
    assert "holds a study already" in refused(call("guide", "--out", out))
    error = refused(call("guide", "--resume", "--out", out, "--repeats", 3))
    assert "--repeats 2" in error
    error = refused(call("guide", "--resume", "--out", out, "--models", "large"))
    assert "--models Tiny,8x2" in error


def test_commands_on_no_study(call, tmp_path):
    for words in (
        ("report", tmp_path),
        ("tensorboard", tmp_path),
        ("export", tmp_path, "--histories", tmp_path / "h.csv"),
        ("report", tmp_path / "missing"),
    ):
        error = refused(call(*words))
        assert "no study here" in error


def test_export_needs_a_known_ending(study, call, tmp_path):
    error = refused(call("export", study[0], "--histories", tmp_path / "h.xlsx"))
    assert ".csv or .parquet" in error


def test_no_space_left(table, tmp_path):
    """A limit on file size stands for a full disk: one line, and what is there is whole."""
    out = tmp_path / "out"
    words = ["guide", "--data", table, "--models", "tiny", *map(str, SMALL), "--out", str(out)]
    limited = 'ulimit -f 20; exec "$0" -m fitscope.cli.main "$@"'
    done = subprocess.run(
        ["bash", "-c", limited, sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert re.search("larger than files may be|is there space left", done.stderr)
    assert str(out) in done.stderr
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_says_how_to_go_on(sent, table, tmp_path):
    out = tmp_path / "out"
    words = ["guide", "--data", table, "--models", "tiny", "--validation", "100", "--rows", "250"]
    words += ["--patience", "100000", "--max-epochs", "500000"]
    program = Program("-m", "fitscope.cli.main", *words, "--out", out)
    for line in program.stdout:
        if line.startswith("Epoch: 100"):
            break
    status, _, error = program.end(sent)
    assert status == 130
    assert "Traceback" not in error
    assert f"--out {out} --resume" in error
    assert list((out / "checkpoints").rglob("*.npz"))


def test_a_reader_that_has_seen_enough_is_no_error(study):
    out, _ = study
    command = f"{sys.executable} -m fitscope.cli.main guide --resume --out {out} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
