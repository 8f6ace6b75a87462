"""`fitscope predict`: what a trained model says of the rows of a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fitscope.cli.options import DEVICE, PATH, member_option, model_option, trained_folder
from fitscope.cli.outputs import check_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitscope.serving.predict import Predicted


@click.command()
@trained_folder
@click.argument(
    "table",
    metavar="TABLE",
    type=PATH,
    help="CSV (plain, gzip, zstd), Parquet, Arrow or JSON lines.",
)
@model_option
@member_option
@click.option(
    "--out",
    type=PATH,
    help="Where to write, .csv, .csv.gz, .parquet, .arrow or .jsonl; else as the table is. "
    "Without this: CSV on standard output.",
)
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--keep", help="Columns of the table to write before the predictions, commas between."
)
@click.option(
    "--device",
    type=DEVICE,
    default="auto",
    show_default=True,
    help="Where networks are computed; auto takes a GPU for much work only.",
)
def predict(
    folder: Path,
    table: Path,
    model: str | None,
    member: int | None,
    out: Path | None,
    replace: bool,
    keep: str | None,
    device: str,
) -> None:
    """Predict the rows of a table: labels with their probabilities, or numbers."""
    from fitscope.data.batches import batches
    from fitscope.data.write_table import kind_of, writing
    from fitscope.errors import UserError
    from fitscope.serving.device import placed
    from fitscope.serving.predict import predictions
    from fitscope.serving.served import serve

    if out is not None:
        if out.exists() and table.exists() and out.samefile(table):
            raise UserError(f"{out}: is the table itself; name another file")
        check_output(out, replace=replace)
    served = serve(folder, model, member)
    given = batches(table)
    kept = [name.strip() for name in (keep or "").split(",") if name.strip()]
    found, notes = predictions(placed(served, device, given), given, kept)
    for note in notes:
        print(f"fitscope: {note}", file=sys.stderr)
    if out is None:
        _print(found)
        return
    usual = given.kind if given.kind != "memory" else "csv"
    with writing(out, kind_of(out, usual)) as write:
        for part in _shown(found):
            write(part.frame)


def _print(found: Iterator[Predicted]) -> None:
    """CSV on standard output, once the last row is known to be good."""
    import shutil
    import tempfile

    from fitscope.data.write_table import text_writer

    with tempfile.TemporaryFile() as stream:
        write = text_writer(stream)
        for part in _shown(found):
            write(part.frame)
        stream.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(stream, sys.stdout.buffer)


def _shown(found: Iterator[Predicted]) -> Iterator[Predicted]:
    """The same, with its progress on standard error where that takes longer than a moment."""
    from fitscope.cli.screen import rows_done

    with rows_done() as show:
        rows = 0
        for part in found:
            yield part
            rows += part.frame.height
            show(rows, part.done)
