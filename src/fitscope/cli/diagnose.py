"""`fitscope diagnose`: verdicts on training logs of any framework."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fitscope.cli.options import PATH
from fitscope.cli.outputs import check_output
from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.verdicts.many import Unread

LONGEST = 2_000  # signs of a line
MOST = 20  # sources without a verdict that are named one by one


@click.command()
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=PATH,
    help="Log files (printed text, CSV, TSV, JSON, JSON lines, Parquet; also compressed), "
    "TensorBoard runs, MLflow's and CatBoost's folders, study folders, or folders of these; "
    "- for standard input.",
)
@click.option("--train", metavar="KEY", help="Name of the training curve (found by name).")
@click.option("--val", metavar="KEY", help="Name of the validation curve (found by name).")
@click.option(
    "--higher-is-better/--lower-is-better",
    default=None,
    help="Which way the metric is better (told by its name).",
)
@click.option(
    "--curves", is_flag=True, help="Show every curve that was read, and which were taken."
)
@click.option(
    "--watch",
    is_flag=True,
    help="Say a line when a growing log's verdict changes, to Ctrl-C, or until --fail-on finds "
    "something.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--markdown",
    "as_markdown",
    is_flag=True,
    help="Print a summary in Markdown, as for a pull request.",
)
@click.option(
    "--junit",
    "junit_file",
    metavar="FILE",
    type=PATH,
    help="Write JUnit's XML, one test a run.",
)
@click.option(
    "--page",
    metavar="FILE.html",
    type=PATH,
    help="Write a page with curves, reasons and checks.",
)
@click.option(
    "--fail-on",
    metavar="LIST",
    help="End with status 3 where one of these is found: labels (overfit, unstable, ...), codes of "
    "checks (FS202, FS2xx), unread.",
)
def diagnose(
    paths: Sequence[Path],
    train: str | None,
    val: str | None,
    higher_is_better: bool | None,
    curves: bool,
    watch: bool,
    as_json: bool,
    as_markdown: bool,
    junit_file: Path | None,
    page: Path | None,
    fail_on: str | None,
) -> None:
    """Say of any training log whether it shows overfitting, from when on, and how sure that is."""
    from fitscope.verdicts.failing import FAILED, FailOn, failures

    wanted = FailOn.parse(fail_on)
    for file, ending in ((page, ".html"), (junit_file, ".xml")):
        if file is not None:  # a log that is named by mistake is not written over
            check_output(file, [ending])
    if sum((as_json, as_markdown, curves)) > 1:
        raise UserError("--json, --markdown, --curves: choose one, each prints something else")
    from fitscope.api.diagnose import gathered
    from fitscope.api.judged import judged_paths

    if watch:
        from fitscope.api.following import follow

        # a document alone goes to standard output
        out = sys.stderr if as_json or as_markdown else sys.stdout
        try:
            for line in follow(paths, train, val, higher_is_better, wanted):
                print(_line(line), file=out, flush=True)
        except KeyboardInterrupt:
            print(file=out, flush=True)
    runs = list(judged_paths(paths, train, val, higher_is_better))
    found = gathered([run.found for run in runs])
    # files first: whoever reads what is printed may stop reading, as `head` does
    if junit_file is not None:
        from fitscope.files import write_text
        from fitscope.report.junit import junit

        write_text(junit_file, junit(found, wanted))
    if page is not None:
        from fitscope.files import write_text
        from fitscope.report.logs_page.write import logs_page

        write_text(page, logs_page(found))
    if as_json:
        print(json.dumps(found.as_dicts(), indent=1, allow_nan=False))
    elif as_markdown:
        from fitscope.report.console.text import put
        from fitscope.report.markdown import markdown

        put(sys.stdout, markdown(found, wanted))
    elif curves:
        from rich.console import Console

        from fitscope.report.verdicts.curves import print_curves

        for run in runs:
            print_curves(run.found, run.log, run.why, Console())
    else:
        from rich.console import Console

        from fitscope.report.verdicts.screen import print_verdicts

        print_verdicts(found, Console())
    if not (as_json or as_markdown) or not found:
        sys.stdout.flush()
        _say_unread(found.unread)
    judged = {one.source: failures(one, wanted) for one in (*found, *found.unread)}
    failed = {source: codes for source, codes in judged.items() if codes}
    if failed:
        _say_failed(failed)
        raise SystemExit(FAILED)
    if not found:
        raise SystemExit(2)


def _say_unread(unread: Sequence[Unread]) -> None:
    """A line each on standard error."""
    for one in unread[:MOST]:
        _say(f"{one.source}: {one.error}")
    if len(unread) > MOST:
        _say(f"{len(unread) - MOST} more could not be judged; --json names all")


def _say_failed(failed: Mapping[str, Sequence[str]]) -> None:
    """For whom continuous integration fails, and why."""
    told = [f"{source} ({', '.join(codes)})" for source, codes in failed.items()]
    more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
    _say(f"--fail-on: {', '.join(told[:MOST])}{more}")


def _say(text: str) -> None:
    print(_line(text), file=sys.stderr)


def _line(text: str) -> str:
    """One line, whatever names are in it."""
    from fitscope.names import shown

    return f"fitscope: {' '.join(shown(text, LONGEST).split())}"
