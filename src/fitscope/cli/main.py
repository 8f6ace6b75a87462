"""The command line: parse, call, print."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import click

from fitscope import __version__
from fitscope.cli import data, diagnose, examine, export, guide, predict, stored
from fitscope.errors import Notice, UserError, reason
from fitscope.names import plain


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="fitscope %(version)s")
def app() -> None:
    """Does my model underfit or overfit, how sure is that, and what mends it?"""


for command in (
    guide.guide,
    examine.examine,
    predict.predict,
    diagnose.diagnose,
    data.data,
    stored.report,
    stored.watch,
    stored.tensorboard,
    export.export,
):
    app.add_command(command)


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
