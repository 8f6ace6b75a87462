"""The guide from its options to its page."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.base import Precision
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import StoredStudy
    from fitscope.study.training import Watch

USUAL = {
    "validation": 1_000,
    "rows": 10_000,
    "models": None,
    "repeats": 1,
    "seed": 0,
    "max_epochs": 10_000,
    "patience": 200,
    "batch_size": 500,
    "precision": "float32",
}
"""The guide's own protocol."""

QUICK = {"rows": 2_500, "max_epochs": 60, "batch_size": 250}
"""What --quick changes of it: fewer rows, on which the large networks overfit within seconds."""


@dataclass(frozen=True)
class GuideOptions:
    """What can be chosen about the guide; None means its own value, or the stored study's.

    Attributes:
        data: "auto", "simulated", "simulated:SEED", a file or an address.
        quick: the shortened protocol.
        device: "auto", "cpu" or "gpu".
        validation: validation rows.
        rows: training rows.
        models: comma-separated names and shapes.
        repeats: runs a model.
        seed: seed of the study.
        max_epochs: most epochs.
        patience: epochs without improvement.
        batch_size: rows a step.
        precision: "float32" or "bfloat16".
    """

    data: str = "auto"
    quick: bool = False
    device: str = "auto"
    validation: int | None = None
    rows: int | None = None
    models: str | None = None
    repeats: int | None = None
    seed: int | None = None
    max_epochs: int | None = None
    patience: int | None = None
    batch_size: int | None = None
    precision: Precision | None = None

    def filled(self) -> dict[str, Any]:
        """All values, those of the protocol where none was chosen."""
        usual = {**USUAL, **(QUICK if self.quick else {})}
        return {
            name: usual.get(name) if value is None else value
            for name, value in asdict(self).items()
        }


def run_guide(
    options: GuideOptions,
    folder: Path,
    *,
    resume: bool = False,
    jobs: int | None = None,
    executor: str = "local",
    command: str | None = None,
    introduce: Callable[[Split], None] = lambda _: None,
    watch: Watch | None = None,
) -> StoredStudy:
    """Do everything that the guide does and leave it in `folder`.

    Args:
        options: what was chosen.
        folder: the study folder.
        resume: go on with the study in `folder`, with its settings.
        jobs: most runs side by side; None is one a core.
        executor: what trains: "local", "ray" or "ray:ADDRESS".
        command: the command line, to be stored.
        introduce: called with the rows before training.
        watch: see `fitscope.study.execute.execute`.

    Returns:
        The complete study, with TensorBoard logs, figures and page.

    Raises:
        UserError: anything a user can mend.
        KeyboardInterrupt: Ctrl-C; `resume` goes on.
    """
    from fitscope.guide import models as guide
    from fitscope.higgs.rows import higgs
    from fitscope.study.definition import Definition
    from fitscope.study.device import choose_device
    from fitscope.study.document import MOST_REPEATS
    from fitscope.study.execute import execute
    from fitscope.study.executors import check_executor
    from fitscope.study.folder import Folder
    from fitscope.study.training import unwatched
    from fitscope.study.training_folder import check_folder

    check_folder(folder, resume)
    if Folder(folder).study.exists():
        options = _stored_options(options, folder)
    chosen = options.filled()
    if chosen["repeats"] > MOST_REPEATS:
        raise UserError(
            f"--repeats {chosen['repeats']}: too many; ask for at most {MOST_REPEATS:,}"
        )
    models = guide.choose(chosen["models"])
    plan = guide.plan(
        batch_size=chosen["batch_size"],
        max_epochs=chosen["max_epochs"],
        patience=chosen["patience"],
        precision=chosen["precision"],
    )
    check_executor(executor)
    choose_device(chosen["device"])  # before rows are fetched that could not be used
    split = higgs(chosen["validation"], chosen["rows"], data=chosen["data"])
    introduce(split)
    if command and chosen["data"] == "auto" and split.source.kind == "simulated":
        command = _naming(split.source.location, command)
    definition = Definition(
        (split,),
        plan,
        models,
        repeats=chosen["repeats"],
        seed=chosen["seed"],
        kind="guide",
        quick=chosen["quick"],
        command=command,
    )
    return execute(
        definition,
        folder,
        device=chosen["device"],
        resume=resume,
        jobs=jobs,
        executor=executor,
        watch=watch or unwatched,
        finish=_report,
    )


def _naming(rows: str, command: str) -> str:
    """The command with the rows that "auto" came to: elsewhere it may come to others."""
    words = shlex.split(command)
    if "--data" in words:
        at = words.index("--data")
        del words[at : at + 2]
    words = [word for word in words if not word.startswith("--data=")]
    return shlex.join([*words, "--data", rows])


def _report(stored: StoredStudy) -> None:
    from fitscope.report.rebuild import write_report  # imports Matplotlib: training came first

    write_report(stored)


def _stored_options(options: GuideOptions, folder: Path) -> GuideOptions:
    """The options of the study in `folder`; any that were chosen anew must be the same."""
    from fitscope.guide.models import choose
    from fitscope.study.folder import read_document

    document = read_document(folder)
    plan = document.training_plan
    if document.kind != "guide" or plan.stopping is None:
        raise UserError(
            f"{folder}: holds a study made in Python, not a guide; resume it there with "
            "run(resume=True)"
        )
    names = [entry.name for entry in document.models]
    if not names:
        raise UserError(f"{folder / 'study.json'}: damaged, it names no model; put a copy back")
    stored = {
        "validation": document.data.validation_rows,
        "rows": document.data.train_rows,
        "models": ",".join(names),
        "repeats": document.repeats,
        "seed": document.seed,
        "max_epochs": plan.max_epochs,
        "patience": plan.stopping.patience,
        "batch_size": plan.batch_size,
        "precision": plan.precision,
    }
    wanted = asdict(options)
    if wanted["models"] is not None and list(choose(wanted["models"])) == names:
        wanted["models"] = stored["models"]
    for name, value in stored.items():
        if wanted[name] not in (None, value):
            raise UserError(
                f"{folder}: was started with --{name.replace('_', '-')} {value}; leave the option "
                "out, or choose another folder with --out"
            )
    if options.device not in ("auto", document.device):
        raise UserError(
            f"{folder}: was started with --device {document.device}; leave the option out, or "
            "choose another folder with --out"
        )
    if options.quick and not document.quick:
        raise UserError(f"{folder}: was started without --quick; leave it out, or use --out")
    data = options.data if options.data != "auto" else _stored_data(document)
    return replace(options, data=data, quick=document.quick, device=document.device, **stored)


def _stored_data(document: StudyDocument) -> str:
    stored = document.data
    return stored.location if stored.kind in ("file", "url", "simulated") else "auto"
