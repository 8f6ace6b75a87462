"""`fitscope guide`: the whole guide in one command."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fitscope.cli import screen
from fitscope.cli.data import DATA_HELP
from fitscope.cli.interrupt import stoppable
from fitscope.cli.options import DEVICE, PATH, precision_option
from fitscope.cli.output import keep_writing
from fitscope.cli.study_folder import again, study_folder

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from fitscope.learners.base import Precision
    from fitscope.study.document import StudyDocument
    from fitscope.study.events import Observer

DEFAULT_FOLDER = Path("runs/guide")


@click.command()
@click.option("--data", default="auto", show_default=True, help=DATA_HELP)
@click.option(
    "--validation",
    type=click.IntRange(min=1),
    help="Validation rows, the first of the file (1000).",
)
@click.option(
    "--rows", type=click.IntRange(min=1), help="Training rows, the ones after them (10000)."
)
@click.option(
    "--models",
    help="Comma-separated: Tiny, Small, Medium, Large, L2, Dropout, Combined, and shapes such as "
    "1024x4 or 64-32 (the seven).",
)
@click.option("--repeats", type=click.IntRange(min=1), help="Runs a model (1).")
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 1), help="Seed of the study (0).")
@click.option("--max-epochs", type=click.IntRange(min=1), help="Most epochs (10000).")
@click.option(
    "--patience",
    type=click.IntRange(min=0),
    help="Epochs without a better validation cross-entropy (200).",
)
@click.option("--batch-size", type=click.IntRange(min=1), help="Rows a step (500).")
@click.option("--quick", is_flag=True, help="A look in under a minute; ranks nothing.")
@click.option(
    "--device",
    type=DEVICE,
    default="auto",
    show_default=True,
    help="Where to train.",
)
@precision_option
@click.option("--jobs", type=click.IntRange(min=1), help="Most runs side by side (one a core).")
@click.option(
    "--executor", default="local", help="What trains: local, ray, or ray:ADDRESS of a cluster."
)
@click.option(
    "--out",
    type=PATH,
    help="Study folder (runs/guide, or the next free number).",
)
@click.option("--resume", is_flag=True, help="Go on with an interrupted study.")
@click.option(
    "--open",
    "open_page",
    is_flag=True,
    help="Show the page in a browser and follow the study there.",
)
def guide(
    data: str,
    validation: int | None,
    rows: int | None,
    models: str | None,
    repeats: int | None,
    seed: int | None,
    max_epochs: int | None,
    patience: int | None,
    batch_size: int | None,
    quick: bool,
    device: str,
    precision: Precision | None,
    jobs: int | None,
    executor: str,
    out: Path | None,
    resume: bool,
    open_page: bool,
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
    folder = study_folder(out, DEFAULT_FOLDER, resume)
    keep_writing()
    console = Console()
    stopped = f"\nStopped. Go on with: {again(folder)}"
    with stoppable(stopped), ExitStack() as until_done:

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
            executor=executor,
            command=shlex.join(["fitscope", *sys.argv[1:]]),
            introduce=screen.introduce,
            watch=watch,
        )
    print()
    print_table(stored, console)
    print(f"\n{stored.folder.page}")
