"""The command line: parse, call, print."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module
from typing import Any

import click

from fitscope import __version__
from fitscope.errors import Notice, UserError, reason
from fitscope.names import listed, nearest, plain, shown

COMMANDS = {
    "guide": "guide",
    "examine": "examine",
    "predict": "predict",
    "diagnose": "diagnose",
    "data": "data",
    "report": "stored",
    "watch": "stored",
    "tensorboard": "stored",
    "export": "export",
}
"""Command to the module of `fitscope.cli` that holds it, in the order in which help shows them."""


class Commands(click.Group):
    """Commands whose modules are imported when they are used: a start takes as long as its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the order in which help shows them."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        """The command of that name.

        Raises:
            UserError: there is none.
        """
        if cmd_name not in COMMANDS:
            near = listed([repr(one) for one in nearest(cmd_name, COMMANDS)], word="or")
            raise UserError(
                f"no command {shown(cmd_name)!r}; "
                + (f"is it {near}?" if near else "fitscope --help shows what there is")
            )
        return getattr(import_module(f"fitscope.cli.{COMMANDS[cmd_name]}"), cmd_name)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="fitscope %(version)s")
def app() -> None:
    """Does my model underfit or overfit, how sure is that, and what mends it?"""


def main() -> None:
    """Run the command line; errors that a user can mend are one line and exit status 2."""
    # Pydantic would look for plugins in all that is installed, which takes a tenth of a start
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
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
        return app(standalone_mode=False) or 0
    except UserError as error:
        return _refuse(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        return _refuse(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        print("fitscope: stopped", file=sys.stderr)
        return 130
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
    print(f"fitscope: {plain(' '.join(reason.split()))}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
