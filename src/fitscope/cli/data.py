"""`fitscope data`: look at the rows, get them all, or simulate as many as wanted."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from fitscope.cli import screen
from fitscope.errors import UserError

DATA_HELP = (
    "auto, a CSV in the layout of HIGGS.csv.gz, packed or not, the address of a packed one, a "
    "Parquet file, simulated, or simulated:SEED for another sample."
)

app = typer.Typer(no_args_is_help=True)


@app.callback()
def options() -> None:
    """The HIGGS rows: look at them, get them all, or simulate as many as wanted."""


@app.command()
def describe(
    file: Annotated[
        str | None, typer.Argument(metavar="DATA", help=DATA_HELP, show_default="auto")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="The same as an option.", show_default=False)
    ] = None,
    rows: Annotated[int, typer.Option(min=2, help="How many of the first rows to look at.")] = 1000,
) -> None:
    """Print the first record and the histogram of all features, as the guide does."""
    from fitscope.data.describe import describe as describe_rows
    from fitscope.higgs.rows import higgs

    if file is not None and data is not None:
        raise UserError(f"{file} and --data {data}: name the rows once")
    split = higgs(rows - 1, 1, data=file or data or "auto")
    screen.print_description(describe_rows(split, rows), split.source)


@app.command()
def fetch() -> None:
    """Download all 11,000,000 rows (2.8 GB), check them, and keep a copy that loads at once."""
    from fitscope.higgs.fetch import fetch as fetch_rows

    with screen.transfers() as (downloading, converting):
        path = fetch_rows(downloading, converting)
    print(f"{path}: ready; fitscope guide finds it by itself")


@app.command()
def simulate(
    rows: Annotated[int, typer.Option(help="How many collisions.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="A new file: FILE.parquet, or FILE.csv.gz in the published layout.",
            show_default=False,
        ),
    ],
    seed: Annotated[int, typer.Option(help="Which sample of them.")] = 0,
) -> None:
    """Simulate collisions in the columns of HIGGS and write them to a file."""
    from fitscope.higgs.simulated_file import write_simulated

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop is a Ctrl-C
    try:
        with screen.simulation(rows) as progress:
            write_simulated(rows, seed, out, progress)
    except KeyboardInterrupt:
        print("fitscope: stopped; nothing was written", file=sys.stderr)
        sys.exit(130)  # said already, so that nothing more is
    print(f"{out}: {rows:,} simulated collisions, seed {seed}")
