"""Kinds of values that options take, and what several commands take alike."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
DEVICE = click.Choice(("auto", "cpu", "gpu"))
PORT = click.IntRange(0, 65535)

trained_folder = click.argument(
    "folder", metavar="DIR", type=PATH, help="The folder of an examination or a study."
)
model_option = click.option("--model", help="Name of a model (the recommended one).")
member_option = click.option(
    "--member", type=int, help="Number of a run, from 0, that is taken alone (all are averaged)."
)
precision_option = click.option(
    "--precision",
    type=click.Choice(("float32", "bfloat16")),
    help="Of wide networks' products; bfloat16 where it is faster (float32).",
)
