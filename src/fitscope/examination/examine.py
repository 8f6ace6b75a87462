"""`fs.examine`: a table in, an answer out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.examination.examination import Examination
from fitscope.examination.options import Options, options
from fitscope.examination.record import gone_on
from fitscope.examination.run import Listener, run_examination


def examine(
    table: Any = None,
    y: Any = None,
    *,
    learner: Any = None,
    knobs: Mapping[str, str] | None = None,
    out: Path | str | None = None,
    resume: bool = False,
    progress: bool = True,
    **chosen: Any,
) -> Examination:
    """Examine a table: does a model of it under- or overfit, what does that cost, what mends it?

    Args:
        table: a path (CSV, Parquet, Arrow, JSON lines, or a TOML file with options), a Polars or
            pandas frame, a mapping of columns, or an array X of which `y` is the target.
        y: the target of the rows of an array.
        learner: a learner of your own that is examined in the place of the usual ladder: is it too
            rich or too poor where it stands, and what would the best change buy? An unfitted
            estimator of scikit-learn, XGBoost, LightGBM, CatBoost, a pipeline, or anything else
            that `fitscope.learners.as_learner` takes.
        knobs: settings of it that move its capacity beside those that are known, each with "more"
            or "less": what more of the setting means for capacity.
        out: the study folder; a temporary one if left out.
        resume: go on with the examination in `out`: one that was stopped, or a finished one that
            gets a longer `budget`.
        progress: show how it goes, on a terminal.
        chosen: `target`, `task`, `drop`, `group`, `order_by`, `weights`, `test`, `folds`,
            `learners`, `metric`, `budget`, `repeats`, `seed`, `quick`, `sweep`, `device`,
            `precision`, `jobs`, `executor`, `ignore`; see `fitscope.examination.options.Options`.

    Returns:
        What was found.

    Raises:
        UserError: anything in the table or the options that a person has to mend.
    """
    from rich.console import Console

    from fitscope.examination.progress import Progress

    if y is not None:
        table = (table, y)
        chosen.setdefault("target", "target")
    path, given = (str(table), None) if isinstance(table, str | Path) else (None, table)
    if table is None and not resume:
        raise UserError("examine: name a table, or give one")
    folder = Path(tempfile.mkdtemp(prefix="fitscope-") if out is None else out)
    going_on = resume and (folder / "study.json").exists()
    made = gone_on(folder, chosen) if going_on else _options(path, chosen)
    listener = Listener()
    console = Console()
    if progress and console.is_terminal:
        shown = Progress(console, made.budget)
        listener = Listener(stage=shown.stage, watch=shown.watch)
    return Examination(
        run_examination(
            made,
            folder,
            given=given,
            learner=learner,
            knobs=knobs,
            resume=resume,
            listener=listener,
        )
    )


def _options(path: str | None, chosen: dict[str, Any]) -> Options:
    if path is not None and path.endswith(".toml"):
        from fitscope.examination.toml_file import read_options

        return options(**{**read_options(Path(path)), **chosen})
    return options(table=path, **chosen)
