"""A study from its definition to its stored result, or on from where it was interrupted."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from fitscope.atomic import replacing, write_text, writing_error
from fitscope.data.describe import feature_histogram
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.models.mlp import MLP
from fitscope.study.document import DataEntry, Histogram, ModelEntry, StudyDocument
from fitscope.study.events import Observer, RunFinished
from fitscope.study.folder import Folder, StoredStudy, read_document, read_histories, read_study, slugs
from fitscope.study.handover import hand_over
from fitscope.study.results import summarize
from fitscope.study.runner import (
    Job,
    available_cores,
    checkpoint_file,
    choose_device,
    is_wide,
    run_jobs,
)
from fitscope.training.metrics import METRICS, MONITORS
from fitscope.training.plan import Plan

HISTOGRAM_ROWS, HISTOGRAM_BINS = 1_000, 101  # as in the guide


@dataclass(frozen=True)
class Definition:
    """What a study is, before it has a folder.

    Attributes:
        split: the rows.
        plan: how every model is trained.
        models: name to model and groups, in order.
        repeats: runs a model.
        seed: seed of the study.
        kind: "guide" or "study".
        quick: the guide's shortened protocol.
        command: the command line, if there was one.
    """

    split: Split
    plan: Plan
    models: Mapping[str, tuple[MLP, Sequence[str]]]
    repeats: int = 1
    seed: int = 0
    kind: str = "study"
    quick: bool = False
    command: str | None = None


def execute(
    definition: Definition,
    path: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    observer: Observer = lambda event: None,
) -> StoredStudy:
    """Train what is not trained yet and store it in the folder `path`.

    Args:
        definition: the study.
        path: its folder; made if it is not there.
        device: "auto", "cpu" or "gpu".
        resume: go on with the study that is in the folder.
        observer: told of what happens.

    Returns:
        The stored study, complete.

    Raises:
        UserError: the folder holds another study, somebody else works in it, no space is left.
        KeyboardInterrupt: Ctrl-C; what was done is kept, and `resume` goes on.
    """
    folder = Folder(path)
    found = folder.study.exists()
    if found and not resume:
        raise UserError(
            f"{path}: holds a study already; go on with it by --resume (resume=True), or choose "
            "another folder"
        )
    if not found and path.exists() and (not path.is_dir() or any(path.iterdir())):
        left = [] if not path.is_dir() else [p for p in path.iterdir() if p.name != "checkpoints"]
        if not path.is_dir() or left:
            raise UserError(f"{path}: is not empty and holds no study; choose another folder")
    device = choose_device(device if not found else read_document(path).device)
    document = _document(definition, device)
    if found:
        document = _same_study(read_document(path), document, path)
    with _alone(folder):
        if not found:
            write_text(folder.study, document.model_dump_json(indent=1) + "\n")
        _train(definition, document, folder, observer)
        shutil.rmtree(folder.checkpoints, ignore_errors=True)
    return read_study(path)


def _train(
    definition: Definition, document: StudyDocument, folder: Folder, observer: Observer
) -> None:
    runs, histories = _stored_runs(document, folder)
    for run in runs:
        observer(
            RunFinished(
                **{k: run[k] for k in ("model", "repeat", "epochs", "best_epoch", "stopped")},
                best=run["best"],
                seconds=run["seconds"],
                stored=True,
            )
        )
    done = {(run["model"], run["repeat"]) for run in runs}
    missing = [
        (entry, repeat)
        for entry in document.models
        for repeat in range(document.repeats)
        if (entry.name, repeat) not in done
    ]
    if not missing:
        return
    rows = hand_over(definition.split, folder.checkpoints / "rows")

    def job(entry: ModelEntry, repeats: tuple[int, ...]) -> Job:
        message = {
            "model": entry.spec,
            "plan": document.plan,
            "rows": rows,
            "seed": document.seed,
            "repeats": list(repeats),
            "save": str(checkpoint_file(folder.checkpoints, entry.slug, repeats)),
            "files": {str(repeat): _files(folder, entry.slug, repeat) for repeat in repeats},
        }
        wide = document.device == "gpu" or is_wide(
            entry.parameters, min(definition.plan.batch_size, document.data.train_rows)
        )
        return Job(entry.name, repeats, wide, message)

    if document.device == "gpu":  # all repeats of a model side by side
        jobs = [
            job(entry, tuple(r for e, r in missing if e is entry))
            for entry in document.models
            if any(e is entry for e, _ in missing)
        ]
    else:
        jobs = [job(entry, (repeat,)) for entry, repeat in missing]

    def finished(job: Job) -> None:
        nonlocal histories
        import polars as pl

        entry = document.entry(job.model)
        for repeat in job.repeats:
            file = Path(_files(folder, entry.slug, repeat)["history"])
            with np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            run, history = _run_entry(entry.name, repeat, arrays)
            runs.append(run)
            histories = pl.concat([histories, history])
        _store(document, folder, runs, histories)
        for repeat in job.repeats:
            Path(_files(folder, entry.slug, repeat)["history"]).unlink()
        checkpoint_file(folder.checkpoints, entry.slug, job.repeats).unlink(missing_ok=True)
        for run in runs[-len(job.repeats) :]:
            observer(
                RunFinished(
                    **{k: run[k] for k in ("model", "repeat", "epochs", "best_epoch", "stopped")},
                    best=run["best"],
                    seconds=run["seconds"],
                )
            )

    run_jobs(jobs, document.device, observer, finished)


def _run_entry(model: str, repeat: int, arrays: Mapping[str, np.ndarray]) -> tuple[dict, Any]:
    """A run's entry in results.json and its rows of histories.parquet."""
    import polars as pl

    epochs, best = len(arrays["loss"]), int(arrays["best_epoch"])

    def at(epoch: int, fit: np.ndarray) -> dict[str, float | None]:
        values = {name: arrays[name][epoch] for name in MONITORS}
        values |= {f"fit_{name}": value for name, value in zip(METRICS, fit, strict=True)}
        return {name: float(v) if np.isfinite(v) else None for name, v in values.items()}

    run = {
        "model": model,
        "repeat": repeat,
        "epochs": epochs,
        "best_epoch": best,
        "best": at(best, arrays["fit_best"]),
        "final": at(epochs - 1, arrays["fit_last"]),
        "stopped": str(arrays["stopped"]),
        "seconds": float(arrays["seconds"]),
        "verdict": None,
    }
    history = pl.DataFrame(
        {
            "model": [model] * epochs,
            "repeat": np.full(epochs, repeat, np.int32),
            "epoch": np.arange(epochs, dtype=np.int32),
            **{name: arrays[name] for name in (*MONITORS, "learning_rate")},
        }
    )
    return run, history


def _store(document: StudyDocument, folder: Folder, runs: list[dict], histories: Any) -> None:
    import polars as pl

    order = {entry.name: number for number, entry in enumerate(document.models)}
    rank = pl.col("model").replace_strict(order, return_dtype=pl.Int32)
    with replacing(folder.histories) as part:
        try:
            histories.sort(rank, "repeat", "epoch").write_parquet(part)
        except pl.exceptions.PolarsError as error:
            raise OSError(28, str(error)) from None
    # last, because a run counts as finished once it is in here
    write_text(folder.results, json.dumps(summarize(document, runs), indent=1) + "\n")


def _stored_runs(document: StudyDocument, folder: Folder) -> tuple[list[dict], Any]:
    """Finished runs of an interrupted study: those of which everything is there."""
    import polars as pl

    empty = pl.DataFrame(
        schema={
            "model": pl.String,
            "repeat": pl.Int32,
            "epoch": pl.Int32,
            **dict.fromkeys((*MONITORS, "learning_rate"), pl.Float32),
        }
    )
    if not (folder.results.exists() and folder.histories.exists()):
        return [], empty
    try:
        found = json.loads(folder.results.read_bytes())["runs"]
    except (ValueError, KeyError):
        raise UserError(f"{folder.results}: damaged; remove it to train its runs again") from None
    histories = read_histories(folder.histories)
    lengths = dict(histories.group_by("model", "repeat").len().select(
        pl.struct("model", "repeat"), "len").iter_rows())  # fmt: skip
    lengths = {(key["model"], key["repeat"]): length for key, length in lengths.items()}
    runs = [
        run
        for run in found
        if lengths.get((run["model"], run["repeat"])) == run["epochs"]
        and all(
            Path(file).exists()
            for name, file in _files(
                folder, document.entry(run["model"]).slug, run["repeat"]
            ).items()
            if name != "history"
        )
    ]
    kept = pl.DataFrame(
        {"model": [r["model"] for r in runs], "repeat": [r["repeat"] for r in runs]},
        schema={"model": pl.String, "repeat": pl.Int32},
    )
    return runs, histories.join(kept, on=["model", "repeat"], how="semi")


def _files(folder: Folder, slug: str, repeat: int) -> dict[str, str]:
    """What a worker writes of a run."""
    return {
        "rows": str(folder.rows(slug, repeat)),
        "best": str(folder.weights(slug, repeat, "best")),
        "last": str(folder.weights(slug, repeat, "last")),
        "history": str(folder.checkpoints / slug / f"{repeat}.history.npz"),
    }


def _document(definition: Definition, device: str) -> StudyDocument:
    split = definition.split
    names = list(definition.models)
    if not names:
        raise UserError("the study has no models; add one")
    counts, edges = feature_histogram(split.x_validation[:HISTOGRAM_ROWS], HISTOGRAM_BINS)
    entries = [
        ModelEntry(
            name=name,
            slug=slug,
            groups=list(groups),
            spec={**model.as_dict(), "hidden": list(model.hidden)},
            parameters=model.parameters(split.features),
        )
        for slug, (name, (model, groups)) in zip(
            slugs(names), definition.models.items(), strict=True
        )
    ]
    return StudyDocument(
        kind="guide" if definition.kind == "guide" else "study",
        quick=definition.quick,
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        data=DataEntry(
            kind=split.source.kind,
            location=split.source.location,
            simulated=split.source.simulated,
            fingerprint=split.fingerprint,
            train_rows=len(split.y_train),
            validation_rows=len(split.y_validation),
            feature_names=list(split.feature_names),
            label_mean={
                "train": float(np.mean(split.y_train, dtype=np.float64)),
                "validation": float(np.mean(split.y_validation, dtype=np.float64)),
            },
        ),
        models=entries,
        plan=definition.plan.as_dict(),
        repeats=definition.repeats,
        seed=definition.seed,
        device="gpu" if device == "gpu" else "cpu",
        versions=_versions(),
        machine={
            "processor": _processor(),
            "cores": available_cores(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        command=definition.command,
        histogram=Histogram(
            counts=[int(n) for n in counts],
            edges=[float(x) for x in edges],
            rows=min(HISTOGRAM_ROWS, len(split.x_validation)),
        ),
    )


def _same_study(stored: StudyDocument, wanted: StudyDocument, path: Path) -> StudyDocument:
    """The stored document, if it is the study that is wanted."""
    checks = {
        "rows": lambda d: d.data.fingerprint,
        "models": lambda d: [(e.name, e.groups, e.spec) for e in d.models],
        "plan": lambda d: d.plan,
        "repeats": lambda d: d.repeats,
        "seed": lambda d: d.seed,
        "device": lambda d: d.device,
        "protocol": lambda d: (d.kind, d.quick),
    }
    for what, of in checks.items():
        if json.dumps(of(stored)) != json.dumps(of(wanted)):
            raise UserError(
                f"{path}: holds a study with another {what}; resume it as it was started, or "
                "choose another folder"
            )
    return stored


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """Hold the folder's lock, so that no two programs write into one study."""
    folder_lock = folder.checkpoints / "lock"
    try:
        folder.checkpoints.mkdir(parents=True, exist_ok=True)
        stream = folder_lock.open("w")
    except OSError as error:
        raise writing_error(error, folder.path) from error
    with stream:
        try:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows has no fcntl; there the folder is not locked
            pass
        except OSError:
            raise UserError(
                f"{folder.path}: another fitscope is training in this folder; wait for it or "
                "choose another folder"
            ) from None
        yield


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("fitscope", "jax", "jaxlib", "optax", "numpy", "polars"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def _processor() -> str:
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text().splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or "unknown"
