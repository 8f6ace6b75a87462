"""`fitscope diagnose --curves`: what was read, and which pair was taken and why."""

import io
import re

import numpy as np
import pytest
from logs.made_up_logs import csv_text, losses
from rich.console import Console

from fitscope.api.judged import judged_paths
from fitscope.report.verdicts.curves import print_curves

TRAIN, VALIDATION = losses()


@pytest.fixture
def log(tmp_path):
    columns = {"epoch": range(60), "step": range(0, 6000, 100), "lr": 0.9 ** np.arange(60)}
    file = tmp_path / "log.csv"
    file.write_text(csv_text({**columns, "loss": TRAIN, "val_loss": VALIDATION, "val_foo": TRAIN}))
    return file


def line_of(printed, name):
    return next(line.split() for line in printed.splitlines() if line.startswith(f"{name} "))


def test_every_curve_and_the_pair(call, log):
    status, printed, error = call("diagnose", log, "--curves")
    assert (status, error) == (0, "")
    assert not re.search("[\u2800-\u28ff]", printed)
    words = line_of(printed, "val_loss")
    assert words[1:4] == ["validation", "lower", "60"]
    assert words[-1] == "validation"
    assert "step 0 to 5,900" in printed, "epochs and steps are both said"
    assert line_of(printed, "loss")[-1] == "training"
    assert "no metric" in " ".join(line_of(printed, "lr"))
    assert "not known" in " ".join(line_of(printed, "val_foo"))
    assert "Judged: val_loss against loss, the loss." in printed
    chosen = call("diagnose", log, "--curves", "--val", "val_foo", "--higher-is-better")[1]
    assert "Judged: val_foo, chosen with --val." in chosen


def test_what_has_no_verdict_is_shown_too(call, tmp_path):
    (tmp_path / "alone.csv").write_text(csv_text({"epoch": range(60), "loss": TRAIN}))
    status, printed, error = call("diagnose", tmp_path / "alone.csv", "--curves")
    assert (status, error.count("\n")) == (2, 1)
    assert "not judged: training only" in printed
    assert line_of(printed, "loss")[1:3] == ["not", "said"]


@pytest.mark.parametrize("width", [60, 100, 160])
def test_on_a_terminal_every_curve_has_a_small_drawing(log, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    for run in judged_paths([log]):
        print_curves(run.found, run.log, run.why, console)
    drawn = console.file.getvalue()
    assert len(re.findall("[\u2800-\u28ff]+", drawn)) >= 4
    assert max(map(len, drawn.splitlines())) <= width


def test_not_with_another_document(call, log):
    status, printed, error = call("diagnose", log, "--curves", "--json")
    assert (status, printed, error.count("\n")) == (2, "", 1)
