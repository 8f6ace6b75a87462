"""Commands on a stored study: its page, live and rebuilt, and its TensorBoard logs."""

from __future__ import annotations

from pathlib import Path

import click

from fitscope.cli.options import PATH, PORT

study = click.argument("folder", metavar="DIR", type=PATH, help="A study folder.")


@click.command()
@study
def report(folder: Path) -> None:
    """Rebuild the figures and the page of a study."""
    from fitscope.api.result import Result
    from fitscope.study.folder import read_started

    print(Result(read_started(folder)).report())


@click.command()
@study
@click.option("--port", type=PORT, default=0, show_default=True, help="0 takes any free port.")
@click.option("--open", "open_page", is_flag=True, help="Show it in a browser, too.")
def watch(folder: Path, port: int, open_page: bool) -> None:
    """Serve the page of a study on this machine while it runs; Ctrl-C ends it."""
    from fitscope.report.live_page import watch as watch_page

    watch_page(folder, port, open_page)


@click.command()
@study
@click.option("--port", type=PORT, default=6006, show_default=True, help="0 takes any free port.")
def tensorboard(folder: Path, port: int) -> None:
    """Open TensorBoard on the logs of a study; Ctrl-C ends it."""
    from fitscope.report.tensorboard import write_logs
    from fitscope.report.viewer import serve_tensorboard
    from fitscope.study.folder import read_study

    stored = read_study(folder)
    write_logs(stored)  # an interrupted study has none yet
    serve_tensorboard(stored.folder.tensorboard, port)
