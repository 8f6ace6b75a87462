"""`fitscope diagnose --watch`: a log that grows."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from logs.made_up_logs import losses

import fitscope as fs
from fitscope.api.following import follow
from fitscope.verdicts.failing import FailOn

TRAIN, VALIDATION = losses()


def lines(first, last):
    return "".join(f"{e},{TRAIN[e]:.5f},{VALIDATION[e]:.5f}\n" for e in range(first, last))


def test_a_line_a_change_and_none_where_nothing_is_new(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text("epoch,loss,val_loss\n")
    written = iter([(0, 2), None, (2, 12), None, (12, 60), None])

    class End(Exception):
        pass

    def write(seconds):
        assert seconds >= 1
        try:
            part = next(written)
        except StopIteration:
            raise End from None
        if part is not None:
            with file.open("a") as stream:
                stream.write(lines(*part))

    said: list[str] = []

    def watch():
        for line in follow([file], wait=write):
            said.append(line.removeprefix(f"{file}: "))

    with pytest.raises(End):
        watch()
    labels = [line.split(":")[1].split(",")[0].split(" from")[0].strip() for line in said]
    assert said[0].startswith("not judged yet: ")
    assert labels[1:] in (["too few", "improving", "overfit"], ["too few", "good", "overfit"]), said
    assert said[-1].startswith("epoch 59: overfit from epoch ")
    assert said[-1].endswith(f"(was {labels[-2]})")


def test_pipes_cannot_be_followed(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("-"), tmp_path / "pipe"):
        with pytest.raises(fs.UserError, match="--watch follows"):
            next(follow([path]))


def test_a_log_that_appears_later_gets_a_second_run_and_is_written_anew(tmp_path):
    file = tmp_path / "log.csv"
    head = "epoch,loss,val_loss\n"
    states = iter([head + lines(0, 60), head + lines(0, 60) + lines(0, 30), head + lines(0, 4)])

    def write(seconds):
        assert seconds >= 1
        file.write_text(next(states))

    said = []

    def watch():
        said.extend(line.removeprefix(str(file)) for line in follow([file], wait=write))

    with pytest.raises(RuntimeError):  # a StopIteration within a generator
        watch()
    assert said[0] == ": not judged yet: no such file or folder; check the path"
    assert said[1].startswith(": epoch 59: overfit from")
    assert said[1].endswith("% sure"), "nothing was said of it before"
    assert said[2].startswith(": run 2 of 2: epoch 29: ")
    assert said[3].endswith(", begun anew"), "what an earlier run was says nothing of this one"
    assert len(said) == 4


def test_it_ends_where_something_is_found_that_is_not_to_be(tmp_path):
    file = tmp_path / "log.csv"
    lengths = iter([10, 60])

    def write(seconds):
        assert seconds >= 1
        file.write_text("epoch,loss,val_loss\n" + lines(0, next(lengths)))

    wanted = FailOn.parse("overfit,unread")
    said = list(follow([file], wanted=wanted, wait=write))
    assert "not judged yet" in said[0], "what cannot be read yet may be read later"
    assert ": overfit from epoch" in said[-1]


def test_the_command_ends_with_the_whole_verdict(tmp_path):
    file = tmp_path / "log\x1b[2J.csv"
    file.write_text("epoch,loss,val_loss\n" + lines(0, 60))
    started = subprocess.Popen(
        [sys.executable, "-m", "fitscope.cli.main", "diagnose", str(file), "--watch"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    first = started.stdout.readline()
    assert "overfit from epoch" in first
    assert "\x1b" not in first, "a name cannot break the screen"
    time.sleep(0.2)
    started.send_signal(signal.SIGINT)
    rest = started.communicate(timeout=60)[0]
    assert "Try next:" in rest
    assert started.returncode == 0
