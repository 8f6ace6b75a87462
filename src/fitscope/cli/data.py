"""`fitscope data`: look at the rows, or get them all."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The HIGGS rows: look at them, or get them all.")


@app.callback()
def options() -> None:
    """The HIGGS rows: look at them, or get them all."""


@app.command()
def describe(
    data: Annotated[
        str, typer.Option(help="auto, simulated, or a gzip CSV in the layout of HIGGS.csv.gz.")
    ] = "auto",
    rows: Annotated[int, typer.Option(min=1, help="How many of the first rows to look at.")] = 1000,
) -> None:
    """Print the first record and the histogram of all features, as the guide does."""
    from fitscope.data.describe import describe as describe_rows
    from fitscope.data.higgs import higgs_rows
    from fitscope.report.console.describe import print_description

    print_description(describe_rows(*higgs_rows(rows, data)))


@app.command()
def fetch() -> None:
    """Download all 11,000,000 rows (2.8 GB), check them, and keep a copy that loads at once."""
    from fitscope.data.fetch import fetch as fetch_rows
    from fitscope.report.console.screen import announce, download_progress

    with download_progress("HIGGS.csv.gz") as progress:
        path = fetch_rows(progress)
    announce(f"{path}: ready; fitscope guide finds it by itself")
