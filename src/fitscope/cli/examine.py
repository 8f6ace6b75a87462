"""`fitscope examine`: anybody's table, remedies tried and measured, an answer with odds."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fitscope.cli.output import keep_writing
from fitscope.cli.study_folder import again, default_folder, going_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitscope.study.folder import StoredStudy

DEFAULT_FOLDER = Path("runs/examine")


def examine(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="CSV (plain, gzip, zstd), Parquet, Arrow or JSON lines; a TOML file with these "
            "options; or the study.json of an examination, to run it again.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(help="The column to be predicted.")] = None,
    task: Annotated[
        Literal["auto", "binary", "multiclass", "regression"] | None,
        typer.Option(help="What is to be learnt (auto)."),
    ] = None,
    drop: Annotated[
        str | None, typer.Option(help="Columns to leave out, with commas between.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column whose rows of one value stay in one part.")
    ] = None,
    order_by: Annotated[
        str | None, typer.Option(help="Column that orders rows: later ones validate and test.")
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(help="Share of rows for the test part, 0 for none; or a file (0.2)."),
    ] = None,
    folds: Annotated[
        str | None, typer.Option(help="Folds of cross-validation: auto, 1, 2 ... (auto).")
    ] = None,
    learners: Annotated[
        str | None,
        typer.Option(
            help="auto, or some of linear, mlp, hgb, xgboost, lightgbm, catboost and forest "
            "(auto: the first three)."
        ),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="The metric that decides (the task's loss).")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="How long it may take: 90s, 5m, 1h (5m; 1m if quick).")
    ] = None,
    repeats: Annotated[int | None, typer.Option(help="Fewest runs a model (1).")] = None,
    seed: Annotated[int | None, typer.Option(help="What is random follows from it (0).")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Everything shown in a minute.")] = False,
    device: Annotated[
        Literal["auto", "cpu", "gpu"] | None, typer.Option(help="Where to train (auto).")
    ] = None,
    precision: Annotated[
        Literal["float32", "bfloat16"] | None,
        typer.Option(help="Of wide networks' products; bfloat16 where it is faster (float32)."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Most runs side by side (one a core).")] = None,
    ignore: Annotated[
        str | None, typer.Option(help="Codes of checks that are not wanted, such as FS102.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(help="End with status 3 where one is found, such as overfit,FS101."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Study folder (runs/examine, or the next free number).")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with one that was stopped, or give a finished one more --budget.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print results.json, and nothing else.")
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page in a browser when it is done.")
    ] = False,
) -> None:
    """Examine a table: does it over- or underfit, what does that cost, what mends it?"""
    from rich.console import Console

    from fitscope.examination.run import run_examination
    from fitscope.examination.screen import screen
    from fitscope.verdicts.failing import FAILED

    given = {
        "target": target,
        "task": task,
        "drop": drop,
        "group": group,
        "order_by": order_by,
        "test": test,
        "folds": folds,
        "learners": learners,
        "metric": metric,
        "budget": budget,
        "repeats": repeats,
        "seed": seed,
        "quick": quick or None,
        "device": device,
        "precision": precision,
        "jobs": jobs,
        "ignore": ignore,
        "fail_on": fail_on,
    }
    given = {name: value for name, value in given.items() if value is not None}
    folder = out or default_folder(DEFAULT_FOLDER, resume)
    if resume:
        going_on(folder, named=out is not None)
    keep_writing()
    again_of, chosen = _chosen(table, given, folder if resume else None)
    console = Console(file=sys.stderr if as_json else sys.stdout)
    shown = screen(console, chosen.budget)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop is a Ctrl-C
    try:
        stored = run_examination(
            chosen,
            folder,
            again=again_of,
            resume=resume,
            command=shlex.join(["fitscope", *sys.argv[1:]]),
            listener=shown.listener,
        )
    except KeyboardInterrupt:
        print(f"\nStopped. Go on with: {again(folder)}", file=sys.stderr)
        sys.exit(130)  # said already, so that nothing more is
    if as_json:
        print(stored.folder.results.read_text("utf-8"), end="")
    else:
        shown.answer(stored)
        if stored.results.answer and stored.results.answer.left_out and not chosen.quick:
            print(f"\nMore time for what was left out: {_with_more(folder, chosen.budget)}")
        print(f"\n{stored.folder.page}")
    if open_page:
        import webbrowser

        webbrowser.open(stored.folder.page.resolve().as_uri())
    if found := _found(stored, chosen.fail_on):
        print(f"fitscope: --fail-on: {', '.join(found)}", file=sys.stderr)
        raise typer.Exit(FAILED)


def _chosen(table: str | None, given: dict[str, Any], folder: Path | None) -> tuple[Any, Any]:
    """A study to be run again, if one is named, and the options.

    Args:
        table: what was named: a table, a TOML file, a study.json or nothing.
        given: the options that were given.
        folder: of an examination that is gone on with.
    """
    from fitscope.errors import UserError
    from fitscope.examination.again import read_again
    from fitscope.examination.options import options
    from fitscope.examination.record import gone_on
    from fitscope.examination.toml_file import read_options

    if folder is not None and (folder / "study.json").exists():
        return None, gone_on(folder, given)
    if table is None:
        raise UserError("name a table: fitscope examine TABLE --target COLUMN")
    if table.endswith(".toml"):
        return None, options(**{**read_options(Path(table)), **given})
    if Path(table).name == "study.json":
        again_of = read_again(Path(table), given)
        return again_of, again_of.record.options
    if "target" not in given:
        raise UserError("which column is to be predicted is not said; add --target COLUMN")
    return None, options(table=table, **given)


def _with_more(folder: Path, seconds: float) -> str:
    """The command line that gives an examination twice the time."""
    from fitscope.examination.duration import told

    words = ["fitscope", "examine", "--resume", "--budget", told(2 * seconds)]
    return shlex.join([*words, "--out", str(folder)])


def _found(stored: StoredStudy, named: Sequence[str]) -> list[str]:
    """What an examination has found of some labels and codes; an open verdict is none."""
    from fitscope.names import plain
    from fitscope.verdicts.failing import FailOn

    wanted, answer = FailOn.parse(",".join(named)), stored.results.answer
    assert answer is not None
    rungs = [
        f"{plain(rung.model)} ({label})"
        for rung in answer.rungs
        for label in wanted.named(rung.decided)
    ]
    return [*rungs, *wanted.named(None, answer.checks)]
