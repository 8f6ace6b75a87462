"""`fitscope diagnose`: verdicts on training logs of any framework."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

LONGEST = 2_000  # signs of a line on standard error
MOST = 20  # sources without a verdict that are named one by one


def diagnose(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Log files (printed text, CSV, TSV, JSON, JSON lines, Parquet; also compressed), "
            "TensorBoard runs, MLflow's and CatBoost's folders, study folders, or folders of "
            "these; - for standard input.",
        ),
    ],
    train: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Name of the training curve (found by name)."),
    ] = None,
    val: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Name of the validation curve (found by name)."),
    ] = None,
    higher_is_better: Annotated[
        bool | None,
        typer.Option(
            "--higher-is-better/--lower-is-better",
            help="Which way the metric is better (told by its name).",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say of any training log whether it shows overfitting, from when on, and how sure that is."""
    from fitscope.api.diagnose import diagnose_paths
    from fitscope.report.words import shown

    found = diagnose_paths(paths, train, val, higher_is_better)
    if as_json:
        print(json.dumps(found.as_dicts(), indent=1, allow_nan=False))
    elif found:
        from rich.console import Console

        from fitscope.report.verdicts.screen import print_verdicts

        print_verdicts(found, Console())
    if not as_json or not found:
        sys.stdout.flush()
        for one in found.unread[:MOST]:
            reason = shown(f"{one.source}: {one.error}", LONGEST)
            print(f"fitscope: {' '.join(reason.split())}", file=sys.stderr)
        if len(found.unread) > MOST:
            more = len(found.unread) - MOST
            print(f"fitscope: {more} more could not be judged; --json names all", file=sys.stderr)
    if not found:
        raise typer.Exit(2)
