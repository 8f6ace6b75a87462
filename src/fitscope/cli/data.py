"""`fitscope data`: look at the rows, or get them all."""

from __future__ import annotations

from typing import Annotated

import typer

from fitscope.cli import screen

app = typer.Typer(no_args_is_help=True, help="The HIGGS rows: look at them, or get them all.")


@app.callback()
def options() -> None:
    """The HIGGS rows: look at them, or get them all."""


@app.command()
def describe(
    data: Annotated[
        str, typer.Option(help="auto, or a gzip CSV in the layout of HIGGS.csv.gz, or its address.")
    ] = "auto",
    rows: Annotated[int, typer.Option(min=2, help="How many of the first rows to look at.")] = 1000,
) -> None:
    """Print the first record and the histogram of all features, as the guide does."""
    from fitscope.data.describe import describe as describe_rows
    from fitscope.data.higgs import higgs

    screen.print_description(describe_rows(higgs(rows - 1, 1, data=data), rows))


@app.command()
def fetch() -> None:
    """Download all 11,000,000 rows (2.8 GB), check them, and keep a copy that loads at once."""
    from fitscope.data.fetch import fetch as fetch_rows

    with screen.transfers() as (downloading, converting):
        path = fetch_rows(downloading, converting)
    print(f"{path}: ready; fitscope guide finds it by itself")
