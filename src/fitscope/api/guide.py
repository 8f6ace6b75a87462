"""The guide from its options to its page."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fitscope.api.result import Result
from fitscope.errors import UserError

QUICK = {"rows": 2_500, "max_epochs": 100, "patience": 40, "batch_size": 250}
"""What --quick changes unless it is given: fewer rows, so that the large networks overfit soon."""


@dataclass(frozen=True)
class GuideOptions:
    """What can be chosen about the guide; None means the guide's own value, or the stored one.

    Attributes:
        data: "auto", "simulated" or a file.
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

    def filled(self) -> dict[str, Any]:
        """All values, the guide's own where none was chosen."""
        usual = {
            "validation": 1_000,
            "rows": 10_000,
            "models": None,
            "repeats": 1,
            "seed": 0,
            "max_epochs": 10_000,
            "patience": 200,
            "batch_size": 500,
            **(QUICK if self.quick else {}),
        }
        chosen = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**chosen, **{k: v for k, v in usual.items() if chosen[k] is None}}


def run_guide(
    options: GuideOptions, folder: Path, *, resume: bool = False, command: str | None = None
) -> Result:
    """Do everything that the guide does, on screen and in `folder`.

    Args:
        options: what was chosen.
        folder: the study folder.
        resume: go on with the study in `folder`, with its settings.
        command: the command line, to be stored.

    Returns:
        The complete study.

    Raises:
        UserError: anything a user can mend.
        KeyboardInterrupt: Ctrl-C; `resume` goes on.
    """
    from fitscope.data.higgs import higgs
    from fitscope.report.console import screen
    from fitscope.report.console.table import print_results
    from fitscope.report.rebuild import write_report
    from fitscope.report.tensorboard import write_logs
    from fitscope.study import guide
    from fitscope.study.execute import Definition, execute
    from fitscope.study.folder import Folder

    if resume and Folder(folder).study.exists():
        options = _stored_options(options, folder)
    elif Folder(folder).study.exists():
        raise UserError(
            f"{folder}: holds a study already; go on with it by --resume, or choose another "
            "folder with --out"
        )
    chosen = options.filled()
    models = guide.choose(chosen["models"])
    plan = guide.plan(
        batch_size=chosen["batch_size"],
        max_epochs=chosen["max_epochs"],
        patience=chosen["patience"],
    )
    split = higgs(chosen["validation"], chosen["rows"], data=chosen["data"])
    screen.introduce(split, plan, chosen["repeats"], folder, quick=chosen["quick"])
    definition = Definition(
        split,
        plan,
        models,
        repeats=chosen["repeats"],
        seed=chosen["seed"],
        kind="guide",
        quick=chosen["quick"],
        command=command,
    )
    with screen.view(models, split.features, plan, chosen["repeats"]) as observer:
        stored = execute(
            definition, folder, device=chosen["device"], resume=resume, observer=observer
        )
    write_logs(stored)
    write_report(stored)
    print_results(stored)
    return Result(stored)


def _stored_options(options: GuideOptions, folder: Path) -> GuideOptions:
    """The options of the study in `folder`; any that were chosen anew must be the same."""
    from fitscope.study.folder import read_document

    document = read_document(folder)
    if document.kind != "guide":
        raise UserError(
            f"{folder}: holds a study made in Python, not a guide; resume it there with "
            "run(resume=True)"
        )
    plan = document.training_plan
    stored = {
        "validation": document.data.validation_rows,
        "rows": document.data.train_rows,
        "models": ",".join(entry.name for entry in document.models),
        "repeats": document.repeats,
        "seed": document.seed,
        "max_epochs": plan.max_epochs,
        "patience": plan.stopping.patience if plan.stopping else None,
        "batch_size": plan.batch_size,
    }
    for name, value in stored.items():
        wanted = getattr(options, name)
        same = wanted is None or wanted == value
        if name == "models" and wanted is not None:
            from fitscope.study.guide import choose

            same = list(choose(wanted)) == [entry.name for entry in document.models]
        if not same:
            raise UserError(
                f"{folder}: was started with --{name.replace('_', '-')} {value}; leave the option "
                "out, or choose another folder with --out"
            )
    if options.quick and not document.quick:
        raise UserError(f"{folder}: was started without --quick; leave it out, or use --out")
    data = options.data
    if data == "auto" and document.data.kind in ("file", "url"):
        data = document.data.location
    if data == "auto" and document.data.simulated:
        data = "simulated"
    return GuideOptions(data=data, quick=document.quick, device=document.device, **stored)
