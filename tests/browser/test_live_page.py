"""The live page in a real browser, from the middle of a study to its end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitscope.learners.mlp.metrics import MONITORS
from report.made_up import GUIDE, document, made_up_history, write_study

from fitscope.files import locked
from fitscope.report.live_page import serving
from fitscope.study.events import RunProgress, RunStarted
from fitscope.study.folder import Folder
from fitscope.study.journal import Journal

MODELS = {name: GUIDE[name] for name in ("Tiny", "Large")}


def epochs(model: str, first: int, count: int) -> RunProgress:
    history = made_up_history(model, 0, first + count)
    metrics = {name: history[name][first:].tolist() for name in MONITORS}
    return RunProgress(model, 0, first, metrics, 0, {}, 1.0)


def test_it_follows_survives_reloads_and_a_kill_and_ends(
    tmp_path: Path, visit: Callable[..., Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr("fitscope.study.journal.EVERY", 0.0)
    complete = write_study(tmp_path / "complete", document(MODELS), epochs=40).folder
    folder = Folder(tmp_path / "study")
    folder.path.mkdir()
    shutil.copy(complete.study, folder.study)
    journal = Journal(folder, document(MODELS), lambda _: None)
    with serving(folder.path) as server:
        with locked(folder.path):
            journal(RunStarted("Tiny", 0, 0))
            journal(epochs("Tiny", 0, 5))
            first = visit(server.address)
            status = first.page.locator("[data-status]")
            status.filter(has_text="0 of 2 runs finished, 5 epochs so far").wait_for()
            first.drawn()
            journal(epochs("Tiny", 5, 7))
            status.filter(has_text="12 epochs so far").wait_for()
            second = visit(server.address, width=360, dark=True)
            told = second.page.locator("[data-status]")
            told.filter(has_text="12 epochs so far").wait_for()
            first.page.reload()
            journal(epochs("Tiny", 12, 1))
            status.filter(has_text="13 epochs so far").wait_for()
            told.filter(has_text="13 epochs so far").wait_for()
            second.page.close()  # closing one disturbs nothing
        status.filter(has_text="--resume").wait_for()  # the program was killed
        with locked(folder.path):  # and started again
            journal(epochs("Tiny", 13, 2))
            status.filter(has_text="15 epochs so far").wait_for()
            for name in ("histories.parquet", "results.json"):
                shutil.copy(complete.path / name, folder.path / name)
        status.filter(has_text="2 of 2 runs finished").wait_for()
        first.page.get_by_role("table").first.filter(has_text="Large").wait_for()
        first.page.reload()
        status.filter(has_text="2 of 2 runs finished").wait_for()
    first.page.wait_for_timeout(2_000)  # the server is gone, the page stays
    assert "Connection lost" not in status.inner_text()
    assert first.problems == []
    assert second.problems == []
