"""The command line: parse, call, print."""

from __future__ import annotations

import sys
import warnings
from typing import Annotated, Any

import typer

from fitscope import __version__
from fitscope.cli import data, diagnose, examine, export, guide, predict, stored
from fitscope.errors import Notice, UserError, reason
from fitscope.names import plain

# what Typer raises for any wrong option or argument; it has no public name there
USAGE: Any = typer.BadParameter.__base__
STOPPED = 130  # exit status after Ctrl-C

app = typer.Typer(
    name="fitscope",
    help="Does my model underfit or overfit, how sure is that, and what mends it?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("guide")(guide.guide)
app.command("examine")(examine.examine)
app.command("predict")(predict.predict)
app.command("diagnose")(diagnose.diagnose)
app.add_typer(data.app, name="data")
app.command("report")(stored.report)
app.command("watch")(stored.watch)
app.command("tensorboard")(stored.tensorboard)
app.command("export")(export.export)


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
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any) -> None:
            if issubclass(category, Notice):
                print(f"fitscope: {plain(str(message))}", file=sys.stderr, flush=True)
            else:
                usual(message, category, *place)

        warnings.showwarning = show
        status = _run()
    sys.exit(status)


def _run() -> int:
    try:
        status = app(standalone_mode=False) or 0
        if status == STOPPED:  # what Typer makes of Ctrl-C, without a word
            raise KeyboardInterrupt
        return status
    except UserError as error:
        return _refuse(str(error))
    except USAGE as error:
        return _refuse(error.format_message())
    except (KeyboardInterrupt, typer.Abort):
        print("fitscope: stopped", file=sys.stderr)
        return STOPPED
    except UnicodeEncodeError as error:
        shown = ascii(error.object[error.start])
        return _refuse(f"this terminal cannot show {shown}; set PYTHONUTF8=1 and run again")
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 141
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refuse(f"{where}{error.strerror or reason(error)}; check it, or name another")
    except MemoryError:
        return _refuse("the memory is used up; try fewer rows, smaller models or --jobs 1")


def _refuse(reason: str) -> int:
    if reason:  # there is none where the help has been shown instead
        print(f"fitscope: {plain(' '.join(reason.split()))}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
