"""The study folder: where its files lie, and reading them back."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.data.panics import Panic, quiet_panics
from fitscope.errors import UserError, newer, reason
from fitscope.files import is_locked
from fitscope.study import checksums
from fitscope.study.strict_json import loaded
from fitscope.task import LOSS

if TYPE_CHECKING:
    import polars as pl

    from fitscope.study.document import ModelEntry, StudyDocument
    from fitscope.study.results import Results
    from fitscope.task import Task


@dataclass(frozen=True)
class Folder:
    """The paths of a study folder; makes and reads nothing by itself."""

    path: Path

    @property
    def study(self) -> Path:
        """study.json"""
        return self.path / "study.json"

    @property
    def histories(self) -> Path:
        """histories.parquet"""
        return self.path / "histories.parquet"

    @property
    def subsets(self) -> Path:
        """The same of runs on fewer rows, where there are any."""
        return self.path / "subsets.parquet"

    @property
    def folds(self) -> Path:
        """Where in the table each fold's validation rows stand, of a study with folds."""
        return self.path / "folds.npz"

    @property
    def results(self) -> Path:
        """results.json"""
        return self.path / "results.json"

    @property
    def checkpoints(self) -> Path:
        """What --resume needs; gone when the study is complete."""
        return self.path / "checkpoints"

    @property
    def tensorboard(self) -> Path:
        """Event files, `<group>/<slug>[/<repeat>]/{train,validation}`."""
        return self.path / "tensorboard"

    @property
    def figures(self) -> Path:
        """PNG and SVG figures."""
        return self.path / "figures"

    @property
    def page(self) -> Path:
        """report.html"""
        return self.path / "report.html"

    def rows(self, slug: str, repeat: int) -> Path:
        """Per-row validation losses of a run."""
        return self.path / "rows" / slug / f"{repeat}.npz"

    def epochs(self, slug: str, repeat: int) -> Path:
        """Metrics so far of a run that is still training."""
        return self.checkpoints / slug / f"{repeat}.epochs.npy"

    @property
    def machines(self) -> Path:
        """Where each run trains just now, where there are several machines."""
        return self.checkpoints / "machines.json"

    def weights(self, slug: str, repeat: int, which: str, ending: str = "safetensors") -> Path:
        """Fitted state of a run; `which` is "best" or "last", `ending` the learner's own."""
        return self.path / "weights" / slug / f"{repeat}.{which}.{ending}"


@dataclass(frozen=True)
class StoredStudy:
    """A study as its folder holds it.

    Attributes:
        folder: the paths.
        document: study.json.
        histories: histories.parquet as a Polars frame, one row an epoch.
        results: results.json.
    """

    folder: Folder
    document: StudyDocument
    histories: pl.DataFrame
    results: Results


def read_document(path: Path | str, for_use: bool = False) -> StudyDocument:
    """study.json of the folder `path`.

    Args:
        path: the folder.
        for_use: whether a trained model will be used and nothing trained; plan and learners are
            then looked at when they are asked for.

    Raises:
        UserError: no such folder, no study in it, a damaged file, or a newer format.
    """
    from pydantic import ValidationError

    from fitscope.study.document import FOR_USE, FORMAT, StudyDocument
    from fitscope.study.version1 import from_version_1

    file = Folder(Path(path)).study
    try:
        raw = loaded(checksums.intact(file.parent, file))
        found = raw["format"]
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{path}: no study here (there is no study.json); name its folder"
        ) from None
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{file}: damaged, not a study that fitscope wrote") from None
    if not isinstance(found, int) or found < 1:
        raise UserError(f"{file}: damaged at format: {found!r} is none")
    if found > FORMAT:
        raise newer(path, found, FORMAT)
    try:
        return StudyDocument.model_validate(
            raw if found == FORMAT else from_version_1(raw),
            context=FOR_USE if for_use else None,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f" at {'.'.join(map(str, first['loc']))}" for _ in first["loc"][:1])
        raise UserError(f"{file}: damaged{where}: {first['msg'].splitlines()[0]}") from None
    except (KeyError, TypeError, AttributeError):
        raise UserError(f"{file}: damaged, not a study that fitscope wrote") from None


def read_study(path: Path | str) -> StoredStudy:
    """A stored study that has at least one finished run.

    Raises:
        UserError: no study there, no finished run yet, or a damaged or missing file.
    """
    folder, document = Folder(Path(path)), read_document(path)
    if not has_finished_runs(folder):
        raise UserError(
            f"{path}: no finished run in this study yet; go on with its command and --resume"
        )
    return _finished(folder, document)


def read_started(path: Path | str) -> StoredStudy:
    """A stored study, also one of which no run has finished yet.

    Returns:
        The study; before its first finished run with histories and results that hold nothing.

    Raises:
        UserError: no study there, or a damaged or missing file.
    """
    import polars as pl

    from fitscope.study.results import Results

    folder, document = Folder(Path(path)), read_document(path)
    if has_finished_runs(folder):
        return _finished(folder, document)
    keys = {"model": pl.String, "repeat": pl.Int32, "epoch": pl.Int32}
    histories = pl.DataFrame(
        schema={**keys, **dict.fromkeys(columns_of(document.task), pl.Float32)}
    )
    return StoredStudy(folder, document, histories, Results())


def has_finished_runs(folder: Folder) -> bool:
    """Whether a run has finished; lost files are refused. Histories are written before results."""
    results, histories = folder.results.exists(), folder.histories.exists()
    if results and not histories:
        raise UserError(
            f"{folder.histories}: missing; put a copy back, or move {folder.results.name} away and "
            "--resume trains its runs again"
        )
    known = histories and not results and checksums.is_known(folder.path, folder.results)
    if known and not is_locked(folder.path):  # a program that trains may be about to write them
        raise UserError(f"{folder.results}: missing; put a copy back, or --resume makes it anew")
    return results


def _finished(folder: Folder, document: StudyDocument) -> StoredStudy:
    """A stored study that has results."""
    results = read_results(folder.results)
    runs = Counter(run.model for run in results.runs)
    if runs != {one.name: one.repeats for one in results.models}:
        raise UserError(f"{folder.results}: damaged, its runs are not those of its models")
    parts = {run.model for run in results.subsets}
    if not (
        runs.keys() <= {entry.name for entry in document.models}
        and parts <= {entry.name for entry in document.subsets}
    ):
        raise UserError(f"{folder.results}: damaged, it has models that {folder.study} lacks")
    histories = read_histories(folder.histories)
    if not {"model", "repeat", "epoch", LOSS.name} <= set(histories.columns):
        raise UserError(f"{folder.histories}: damaged, its columns are not those of histories")
    return StoredStudy(folder, document, histories, results)


def columns_of(task: Task) -> tuple[str, ...]:
    """Columns of histories.parquet beside model, repeat and epoch."""
    return (*task.monitors, "learning_rate")


def read_results(file: Path) -> Results:
    """results.json.

    Raises:
        UserError: missing, damaged or of a newer format.
    """
    from fitscope.study.document import RESULTS_FORMAT
    from fitscope.study.results import Results  # verdicts, and SciPy with them
    from fitscope.study.schema import results_adapter

    try:
        text = checksums.intact(file.parent, file)
        stored = loaded(text)
        found = stored.get("format", 1)
        if found == RESULTS_FORMAT:
            results_adapter().validate_json(text, strict=True)
        if found <= RESULTS_FORMAT:
            return Results.from_dict(stored)
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UserError(
            f"{file}: damaged; put a copy back, or move it away and --resume trains its runs again"
        ) from None
    raise newer(file, found, RESULTS_FORMAT)


def write_results(folder: Folder, results: Results) -> None:
    """Write results.json, whole or not at all.

    Raises:
        UserError: it cannot be written.
    """
    checksums.store(folder.path, {folder.results: results_text(results)})
    checksums.settle(folder.path)


def results_text(results: Results) -> bytes:
    """What results.json holds."""
    return (json.dumps(results.as_dict(), indent=1, allow_nan=False) + "\n").encode()


def read_learnt(folder: Folder, entry: ModelEntry, repeat: int, which: str) -> Any:
    """What a run has learnt, in its learner's own form.

    Args:
        folder: of the study.
        entry: of the model in study.json.
        repeat: number of the run.
        which: "best" or "last" epoch.

    Raises:
        UserError: missing, damaged or exchanged.
    """
    learner = entry.learner
    file = folder.weights(entry.slug, repeat, which, learner.state_ending)
    return learner.load(checksums.whole(folder.path, file))


def read_histories(file: Path) -> pl.DataFrame:
    """histories.parquet as a Polars frame.

    Raises:
        UserError: missing or damaged.
    """
    import polars as pl

    try:
        with quiet_panics():
            return pl.read_parquet(io.BytesIO(checksums.intact(file.parent, file)))
    except FileNotFoundError:
        raise UserError(f"{file}: no such file") from None
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None
    except (Panic, pl.exceptions.PolarsError) as error:
        raise UserError(f"{file}: damaged, cannot be read ({reason(error)})") from None
