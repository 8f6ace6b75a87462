"""`fitscope diagnose` as a user gives it: what it prints, and with what status it ends."""

import io
import json
import re
import subprocess
import sys

import pytest
from logs.made_up_logs import csv_text, losses, points, write_events
from report.made_up import GUIDE, document, write_study
from rich.console import Console

import fitscope as fs
from fitscope.api.diagnose import diagnose_paths
from fitscope.report.verdicts.screen import print_verdicts

TRAIN, VALIDATION = losses()
KEYS = {
    *("source", "verdict", "confidence", "best_epoch", "onset_epoch", "epochs", "evidence"),
    *("cost", "explanation", "advice", "checks"),
}


@pytest.fixture
def call(call):
    """Run `fitscope diagnose`: exit status, standard output, standard error."""
    return lambda *words: call("diagnose", *words)


@pytest.fixture
def log(tmp_path):
    file = tmp_path / "log.csv"
    columns = {"epoch": range(60), "loss": TRAIN, "val_loss": VALIDATION}
    file.write_text(csv_text({**columns, "mae": TRAIN, "val_mae": 2 * VALIDATION}))
    return file


@pytest.fixture
def folder(tmp_path, log):
    """Logs of many kinds, and files that are none."""
    assert log.parent == tmp_path
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "config.json").write_text('{"lr": 0.1}')
    write_events(tmp_path / "tb" / "train", {"epoch_loss": points(TRAIN)}, tensors=True)
    write_events(tmp_path / "tb" / "validation", {"epoch_loss": points(VALIDATION)}, tensors=True)
    models = {name: GUIDE[name] for name in ("Tiny", "Large")}
    write_study(tmp_path / "study", document(models, repeats=2), epochs=80)
    return tmp_path


def test_one_log(call, log):
    status, printed, error = call(log)
    assert (status, error) == (0, "")
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 100
    assert not re.search("[\u2800-\u28ff]", printed), "no drawing where nobody looks"
    verdict = json.loads(call(log, "--json")[1])[0]
    for said in ("overfit from epoch", "val_loss (validation), loss (training)", "Try next"):
        assert said in printed
    assert " ".join(verdict["explanation"].split()) in " ".join(printed.split())
    assert all(advice in " ".join(printed.split()) for advice in verdict["advice"])


def test_json_is_one_document_and_nothing_else(call, folder):
    status, printed, error = call("--json", folder)
    assert (status, error) == (0, "")

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    found = json.loads(printed, parse_constant=refuse)
    judged = [one for one in found if "verdict" in one]
    assert all(one.keys() == KEYS for one in judged)
    assert [one["source"] for one in judged] == [
        str(folder / "log.csv"),
        *(f"{folder / 'study'}: {name}, repeat {n}" for name in ("Tiny", "Large") for n in (1, 2)),
        str(folder / "tb"),
    ]
    unread = {one["source"]: one["error"] for one in found if "error" in one}
    assert unread == {
        str(folder / "config.json"): "no curves in it: neither columns nor a list of records",
        str(folder / "empty.json"): "an empty file",
    }
    assert len(found) == len(judged) + len(unread)


def test_what_cannot_be_read_is_a_line_on_standard_error(call, folder, tmp_path):
    status, printed, error = call(folder, tmp_path / "missing")
    assert status == 0
    assert "missing" not in printed
    assert [line.split(": ")[:2] for line in error.splitlines()] == [
        ["fitscope", str(folder / "config.json")],
        ["fitscope", str(folder / "empty.json")],
        ["fitscope", str(tmp_path / "missing")],
    ]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_status_2_if_nothing_could_be_judged(options, call, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\0\1\2")
    status, printed, error = call(tmp_path / "bad.csv", tmp_path / "none", *options)
    assert status == 2
    assert error.splitlines() == [
        f"fitscope: {tmp_path / 'bad.csv'}: binary data, not a training log",
        f"fitscope: {tmp_path / 'none'}: no such file or folder; check the path",
    ]
    if options:
        assert [set(one) for one in json.loads(printed)] == [{"source", "error", "checks"}] * 2
    else:
        assert printed == ""


def test_chosen_keys(call, log):
    verdict = json.loads(call(log, "--train", "mae", "--val", "val_mae", "--json")[1])[0]
    assert verdict["evidence"]["metric"] == "mae"
    assert verdict["evidence"]["best"] == pytest.approx(2 * VALIDATION.min())
    status, _, error = call(log, "--val", "nothing")
    assert status == 2
    assert "it has loss, val_loss, mae, val_mae" in error
    assert error.count("\n") == 1


def test_a_pipe_and_standard_input(log):
    """`python train.py | tee log | fitscope diagnose -`."""
    text = "".join(f"Epoch {n}: loss {TRAIN[n]}, val_loss {VALIDATION[n]}\n" for n in range(60))
    for path, given in (("-", text), ("/dev/stdin", text), ("-", log.read_text())):
        done = subprocess.run(
            [sys.executable, "-m", "fitscope.cli.main", "diagnose", path, "--json"],
            input=given.encode(),
            capture_output=True,
            check=True,
        )
        found = json.loads(done.stdout)
        assert [one["source"] for one in found] == ["standard input" if path == "-" else path]
        assert found[0]["epochs"] == 60


def test_which_way_is_better(call, tmp_path):
    file = tmp_path / "log.csv"
    file.write_text(csv_text({"epoch": range(60), "val_odd": VALIDATION}))
    status, _, error = call(file)
    assert status == 2
    assert "--higher-is-better or --lower-is-better" in error
    lower = json.loads(call(file, "--lower-is-better", "--json")[1])[0]["evidence"]
    higher = json.loads(call(file, "--higher-is-better", "--json")[1])[0]["evidence"]
    assert (lower["higher_is_better"], higher["higher_is_better"]) == (False, True)
    assert lower["metric"] == "odd"


@pytest.mark.parametrize("keys", [(), ("--train", "loss", "--val", "val_loss")])
def test_simulated_rows_of_a_study_are_called_so(call, folder, keys):
    status, out, _ = call(folder / "study", *keys)
    assert status == 0
    assert out.count("Simulated: these rows were generated") == 4  # once a run


def test_keys_of_a_study(call, folder):
    words = (folder / "study", "--train", "accuracy", "--val", "val_accuracy", "--json")
    found = json.loads(call(*words)[1])
    assert len(found) == 4
    assert {one["evidence"]["metric"] for one in found} == {"accuracy"}
    assert all(one["evidence"]["higher_is_better"] for one in found)


def test_a_result_is_judged_as_its_folder_is(folder):
    found = fs.diagnose(fs.load(folder / "study"))
    assert found.as_dicts() == fs.diagnose(folder / "study").as_dicts()
    assert [one.history.train is not None for one in found] == [True] * 4
    assert {one.evidence["validation_key"] for one in found} == {"val_binary_crossentropy"}
    assert {one.evidence["reference_kind"] for one in found} <= {"constant predictor", "Tiny"}


def test_no_path(call):
    status, _, error = call()
    assert status == 2
    assert error.count("\n") == 1


def drawn(paths, width):
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    print_verdicts(diagnose_paths(paths), console)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_terminals(width, folder, log):
    alone = drawn([log], width)
    assert re.search("[\u2800-\u28ff]{5}", alone), "a chart"
    assert "▲" in alone
    assert "△" in alone
    many = drawn([folder, *[log] * 5], width)
    assert "Validation" in many.splitlines()[0]
    if width >= 60:
        for lines in (alone, many):
            assert max(map(len, lines.splitlines())) <= width
    assert len(re.findall("[■□]", many)) == 11, "a sign each, filled where it is sure"


@pytest.mark.parametrize("width", [None, 100, 120, 160])
def test_wide_figures_leave_room_for_names(width, call, tmp_path):
    """Onsets in thousands of steps and several checks a run: other columns go, names stay."""
    steps = {"step": range(1_000_000, 61_000_000, 1_000_000), "loss": VALIDATION}
    for number in range(9):
        columns = {**steps, "val_loss": VALIDATION, "val_accuracy": [0.5] * 60}
        (tmp_path / f"run-{number}.csv").write_text(csv_text(columns))
    told = call(tmp_path)[1] if width is None else drawn([tmp_path], width)
    rows = told.splitlines()
    assert rows[0].startswith("Source")
    assert [row.split()[0] for row in rows if row.startswith("run-")] == [
        f"run-{number}.csv" for number in range(9)
    ]
    assert max(map(len, rows)) <= (width or 100)


def test_names_cannot_break_the_screen(call, tmp_path):
    name = "run [bold]<b>\x1b[31m.csv"
    (tmp_path / name).write_text(csv_text({"loss": TRAIN, "val_loss": VALIDATION}))
    status, printed, _ = call(tmp_path / name)
    assert status == 0
    assert "\x1b" not in printed
    assert "[bold]<b>" in printed.replace("\n", "")
    status, _, error = call(tmp_path / "\x1b[2J")
    assert status == 2
    assert error.count("\n") == 1
    assert "\x1b" not in error


def test_piped_in_plain_ascii(log):
    """A pipe with another encoding gets question marks, not a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "fitscope.cli.main", "diagnose", str(log)],
        capture_output=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "ascii", "PATH": ""},
        check=True,
    )
    assert b"? overfit" in done.stdout
    assert done.stderr == b""


def test_one_small_log_loads_nothing_heavy(tmp_path):
    """What takes longer than all the rest; the time itself says more of the machine."""
    heavy = "scipy polars pandas sklearn jax jaxtyping pydantic typer matplotlib jinja2 "
    heavy += "sqlite3 fitscope.learners.base"
    rows = (f"{n},{0.9**n},{0.4 + 0.9**n + 0.01 * max(n - 25, 0)}" for n in range(60))
    table = "\n".join(["epoch,loss,val_loss", *rows])
    printed = "\n".join(f"Epoch {n}, loss: {0.9**n}, val_loss: {0.9**n}" for n in range(9))
    document = json.dumps({"loss": [1, 0.5, 0.4], "val_loss": [1, 0.6, 0.7]})
    for name, text in (("log.csv", table), ("log.txt", printed), ("log.json", document)):
        (tmp_path / name).write_text(text)
        code = (
            "import sys, fitscope.cli.main\n"
            f"sys.argv = ['fitscope', 'diagnose', {str(tmp_path / name)!r}]\n"
            "try:\n    fitscope.cli.main.main()\nexcept SystemExit:\n    pass\n"
            f"print('HEAVY', sorted({set(heavy.split())} & set(sys.modules)))"
        )
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert "best" in done.stdout, done.stderr
        assert done.stdout.strip().endswith("HEAVY []"), name
