"""`fitscope export`: a model as one file for other programs, its card, a study's histories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fitscope.cli.options import PATH, member_option, model_option, trained_folder
from fitscope.cli.outputs import check_output
from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


@click.command()
@trained_folder
@click.option(
    "--onnx",
    metavar="FILE",
    type=PATH,
    help="The model as ONNX, its preprocessing inside.",
)
@click.option(
    "--keras",
    metavar="FILE",
    type=PATH,
    help="A network as FILE.keras, for any backend of Keras 3.",
)
@click.option("--card", metavar="FILE", type=PATH, help="The model card, as FILE.md.")
@click.option(
    "--histories",
    metavar="FILE",
    type=PATH,
    help="Every metric of every epoch: FILE.csv or .parquet.",
)
@model_option
@member_option
@click.option("--replace", is_flag=True, help="Write over files that are there.")
def export(
    folder: Path,
    onnx: Path | None,
    keras: Path | None,
    card: Path | None,
    histories: Path | None,
    model: str | None,
    member: int | None,
    replace: bool,
) -> None:
    """Write a model for other programs, its card, or the histories of a study."""
    from fitscope.study.folder import read_study

    wanted = {"onnx": onnx, "keras": keras, "card": card, "histories": histories}
    files = {name: file for name, file in wanted.items() if file is not None}
    if not files:
        raise UserError("name what to write: --onnx, --keras, --card or --histories FILE")
    for name, file in files.items():
        check_output(file, ENDINGS[name], replace)
    if keras is not None:  # what it takes stands beside it
        check_output(keras.with_suffix(".json"), replace=replace)
    stored = read_study(folder)
    if histories is not None:
        _histories(stored, histories)
        print(histories)
    if set(files) == {"histories"}:
        return
    from fitscope.files import write_text
    from fitscope.serving.about import about
    from fitscope.serving.served import serve

    served = serve(folder, model, member)
    if onnx is not None:
        from fitscope.serving.onnx.export import export_onnx

        print(f"{onnx}: {export_onnx(served, onnx, about(served, stored))}")
    if keras is not None:
        from fitscope.serving.keras.export import export_keras

        print(f"{keras}: {export_keras(served, keras, about(served, stored))}")
    if card is not None:
        from fitscope.report.card import card as written

        write_text(card, written(served, stored))
        print(card)


ENDINGS = {
    "onnx": (".onnx",),
    "keras": (".keras",),
    "card": (".md",),
    "histories": (".csv", ".parquet"),
}


def _histories(stored: StoredStudy, file: Path) -> None:
    from fitscope.data.write_table import kind_of, writing

    with writing(file, kind_of(file, "csv")) as write:
        write(stored.histories)
