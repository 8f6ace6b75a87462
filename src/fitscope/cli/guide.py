"""`fitscope guide`: the whole guide in one command."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fitscope.cli import screen
from fitscope.cli.data import DATA_HELP
from fitscope.cli.output import keep_writing
from fitscope.cli.study_folder import again, default_folder, going_on

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from fitscope.study.document import StudyDocument
    from fitscope.study.events import Observer

DEFAULT_FOLDER = Path("runs/guide")


def guide(
    data: Annotated[str, typer.Option(help=DATA_HELP)] = "auto",
    validation: Annotated[
        int | None,
        typer.Option(min=1, help="Validation rows, the first of the file (1000)."),
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=1, help="Training rows, the ones after them (10000).")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated: Tiny, Small, Medium, Large, L2, Dropout, Combined, and shapes "
            "such as 1024x4 or 64-32 (the seven)."
        ),
    ] = None,
    repeats: Annotated[int | None, typer.Option(min=1, help="Runs a model (1).")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**32 - 1, help="Seed of the study (0).")
    ] = None,
    max_epochs: Annotated[int | None, typer.Option(min=1, help="Most epochs (10000).")] = None,
    patience: Annotated[
        int | None,
        typer.Option(min=0, help="Epochs without a better validation cross-entropy (200)."),
    ] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Rows a step (500).")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A look in under a minute; ranks nothing.")
    ] = False,
    device: Annotated[Literal["auto", "cpu", "gpu"], typer.Option(help="Where to train.")] = "auto",
    precision: Annotated[
        Literal["float32", "bfloat16"] | None,
        typer.Option(help="Of wide networks' products; bfloat16 where it is faster (float32)."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Most runs side by side (one a core).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Study folder (runs/guide, or the next free number)."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted study.")
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page in a browser and follow the study there.")
    ] = False,
) -> None:
    """Train the guide's models on HIGGS rows, show who overfits, and what mends it."""
    from contextlib import ExitStack

    from rich.console import Console

    from fitscope.guide.run import GuideOptions, run_guide
    from fitscope.report.console.table import print_table
    from fitscope.report.console.watching import watching
    from fitscope.report.live_page import serving

    options = GuideOptions(
        data=data,
        quick=quick,
        device=device,
        validation=validation,
        rows=rows,
        models=models,
        repeats=repeats,
        seed=seed,
        max_epochs=max_epochs,
        patience=patience,
        batch_size=batch_size,
        precision=precision,
    )
    folder = out or default_folder(DEFAULT_FOLDER, resume)
    if resume:
        going_on(folder, named=out is not None)
    keep_writing()
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop is a Ctrl-C
    try:
        with ExitStack() as until_done:

            def watch(document: StudyDocument) -> AbstractContextManager[Observer]:
                if open_page:  # study.json is there by now
                    server = until_done.enter_context(serving(folder, open_browser=True))
                    console.print(f"Follow the study on {server.address}", highlight=False)
                return watching(document, console)

            stored = run_guide(
                options,
                folder,
                resume=resume,
                jobs=jobs,
                command=shlex.join(["fitscope", *sys.argv[1:]]),
                introduce=screen.introduce,
                watch=watch,
            )
    except KeyboardInterrupt:
        print(f"\nStopped. Go on with: {again(folder)}", file=sys.stderr)
        sys.exit(130)  # said already, so that nothing more is
    print()
    print_table(stored, console)
    print(f"\n{stored.folder.page}")
