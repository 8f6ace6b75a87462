"""`fitscope data`: look at the rows, get them all, or simulate as many as wanted."""

from __future__ import annotations

from pathlib import Path

import click

from fitscope.cli import screen
from fitscope.cli.options import PATH
from fitscope.cli.stopping import stoppable
from fitscope.errors import UserError

DATA_HELP = (
    "auto, a CSV in the layout of HIGGS.csv.gz, packed or not, the address of a packed one, a "
    "Parquet file, simulated, or simulated:SEED for another sample."
)


@click.group()
def data() -> None:
    """The HIGGS rows: look at them, get them all, or simulate as many as wanted."""


@data.command()
@click.argument("file", metavar="[DATA]", required=False, help=DATA_HELP)
@click.option("--data", help="The same as an option.")
@click.option(
    "--rows",
    type=click.IntRange(min=2),
    default=1000,
    show_default=True,
    help="How many of the first rows to look at.",
)
def describe(file: str | None, data: str | None, rows: int) -> None:
    """Print the first record and the histogram of all features, as the guide does."""
    from fitscope.data.describe import describe as describe_rows
    from fitscope.higgs.rows import higgs

    if file is not None and data is not None:
        raise UserError(f"{file} and --data {data}: name the rows once")
    split = higgs(rows - 1, 1, data=file or data or "auto")
    screen.print_description(describe_rows(split, rows), split.source)


@data.command()
def fetch() -> None:
    """Download all 11,000,000 rows (2.8 GB), check them, and keep a copy that loads at once."""
    from fitscope.higgs.fetch import fetch as fetch_rows

    with screen.transfers() as (downloading, converting):
        path = fetch_rows(downloading, converting)
    print(f"{path}: ready; fitscope guide finds it by itself")


@data.command()
@click.option("--rows", type=int, required=True, help="How many collisions.")
@click.option(
    "--out",
    metavar="FILE",
    type=PATH,
    required=True,
    help="A new file: FILE.parquet, or FILE.csv.gz in the published layout.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which sample of them.")
def simulate(rows: int, out: Path, seed: int) -> None:
    """Simulate collisions in the columns of HIGGS and write them to a file."""
    from fitscope.higgs.simulated_file import write_simulated

    with (
        stoppable("fitscope: stopped; nothing was written"),
        screen.simulation(rows) as progress,
    ):
        write_simulated(rows, seed, out, progress)
    print(f"{out}: {rows:,} simulated collisions, seed {seed}")
