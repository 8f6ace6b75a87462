"""Commands on a stored study: its page, live and rebuilt, and its TensorBoard logs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Study = Annotated[Path, typer.Argument(metavar="DIR", help="A study folder.")]


def report(folder: Study) -> None:
    """Rebuild the figures and the page of a study."""
    from fitscope.api.result import Result
    from fitscope.study.folder import read_started

    print(Result(read_started(folder)).report())


def watch(
    folder: Study,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 0,
    open_page: Annotated[bool, typer.Option("--open", help="Show it in a browser, too.")] = False,
) -> None:
    """Serve the page of a study on this machine while it runs; Ctrl-C ends it."""
    from fitscope.report.live_page import watch as watch_page

    watch_page(folder, port, open_page)


def tensorboard(
    folder: Study,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 6006,
) -> None:
    """Open TensorBoard on the logs of a study; Ctrl-C ends it."""
    from fitscope.report.tensorboard import write_logs
    from fitscope.report.viewer import serve_tensorboard
    from fitscope.study.folder import read_study

    stored = read_study(folder)
    write_logs(stored)  # an interrupted study has none yet
    serve_tensorboard(stored.folder.tensorboard, port)
