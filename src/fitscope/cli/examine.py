"""`fitscope examine`: anybody's table, remedies tried and measured, an answer with odds."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fitscope.cli.interrupt import stoppable
from fitscope.cli.options import DEVICE, PATH, precision_option
from fitscope.cli.output import keep_writing
from fitscope.cli.study_folder import again, study_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitscope.study.folder import StoredStudy

DEFAULT_FOLDER = Path("runs/examine")


@click.command()
@click.argument(
    "table",
    metavar="TABLE",
    required=False,
    help="CSV (plain, gzip, zstd), Parquet, Arrow or JSON lines; a TOML file with these options; "
    "or the study.json of an examination, to run it again.",
)
@click.option("--target", help="The column to be predicted.")
@click.option(
    "--task",
    type=click.Choice(("auto", "binary", "multiclass", "regression")),
    help="What is to be learnt (auto).",
)
@click.option("--drop", help="Columns to leave out, with commas between.")
@click.option("--group", help="Column whose rows of one value stay in one part.")
@click.option("--order-by", help="Column that orders rows: later ones validate and test.")
@click.option("--weights", help="Column that says what each row counts.")
@click.option("--test", help="Share of rows for the test part, 0 for none; or a file (0.2).")
@click.option("--folds", help="Folds of cross-validation: auto, 1, 2 ... (auto).")
@click.option(
    "--learners",
    help="auto, or some of linear, mlp, hgb, xgboost, lightgbm, catboost and forest (auto: the "
    "first three).",
)
@click.option("--metric", help="The metric that decides (the task's loss).")
@click.option("--budget", help="How long it may take: 90s, 5m, 1h (5m; 1m if quick).")
@click.option("--repeats", type=int, help="Fewest runs a model (1).")
@click.option("--seed", type=int, help="What is random follows from it (0).")
@click.option("--quick", is_flag=True, help="Everything shown in a minute.")
@click.option(
    "--sweep",
    is_flag=True,
    help="Networks of rising width, trained far past their best epoch: is double descent seen?",
)
@click.option("--device", type=DEVICE, help="Where to train (auto).")
@precision_option
@click.option("--jobs", type=int, help="Most runs side by side (one a core).")
@click.option("--executor", help="What trains: local, ray, or ray:ADDRESS of a cluster (local).")
@click.option("--ignore", help="Codes of checks that are not wanted, such as FS102.")
@click.option("--fail-on", help="End with status 3 where one is found, such as overfit,FS101.")
@click.option(
    "--out",
    type=PATH,
    help="Study folder (runs/examine, or the next free number).",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with one that was stopped, or give a finished one more --budget.",
)
@click.option("--json", "as_json", is_flag=True, help="Print results.json, and nothing else.")
@click.option(
    "--open", "open_page", is_flag=True, help="Show the page in a browser when it is done."
)
def examine(
    table: str | None,
    target: str | None,
    task: str | None,
    drop: str | None,
    group: str | None,
    order_by: str | None,
    weights: str | None,
    test: str | None,
    folds: str | None,
    learners: str | None,
    metric: str | None,
    budget: str | None,
    repeats: int | None,
    seed: int | None,
    quick: bool,
    sweep: bool,
    device: str | None,
    precision: str | None,
    jobs: int | None,
    executor: str | None,
    ignore: str | None,
    fail_on: str | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    open_page: bool,
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
        "weights": weights,
        "test": test,
        "folds": folds,
        "learners": learners,
        "metric": metric,
        "budget": budget,
        "repeats": repeats,
        "seed": seed,
        "quick": quick or None,
        "sweep": sweep or None,
        "device": device,
        "precision": precision,
        "jobs": jobs,
        "executor": executor,
        "ignore": ignore,
        "fail_on": fail_on,
    }
    given = {name: value for name, value in given.items() if value is not None}
    folder = study_folder(out, DEFAULT_FOLDER, resume)
    keep_writing()
    again_of, chosen = _chosen(table, given, folder if resume else None)
    console = Console(file=sys.stderr if as_json else sys.stdout)
    shown = screen(console, chosen.budget)
    with stoppable(f"\nStopped. Go on with: {again(folder)}"):
        stored = run_examination(
            chosen,
            folder,
            again=again_of,
            resume=resume,
            command=shlex.join(["fitscope", *sys.argv[1:]]),
            listener=shown.listener,
        )
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
        raise SystemExit(FAILED)


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
