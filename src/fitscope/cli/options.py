"""What kinds of values options take."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
DEVICE = click.Choice(("auto", "cpu", "gpu"))
PORT = click.IntRange(0, 65535)
PRECISION = click.Choice(("float32", "bfloat16"))
