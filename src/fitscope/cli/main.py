"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from fitscope import __version__
from fitscope.cli import data, guide, stored
from fitscope.errors import UserError

app = typer.Typer(
    name="fitscope",
    help="Does my model underfit or overfit, how sure is that, and what mends it?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("guide")(guide.guide)
app.add_typer(data.app, name="data")
app.command("report")(stored.report)
app.command("tensorboard")(stored.tensorboard)
app.command("export")(stored.export)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"fitscope {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Does my model underfit or overfit, how sure is that, and what mends it?"""
    del version


def main() -> None:
    """Run the command line; errors that a user can mend are one line and exit status 2."""
    try:
        app()
    except UserError as error:
        print(f"fitscope: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("fitscope: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        sys.exit(141)


if __name__ == "__main__":
    main()
