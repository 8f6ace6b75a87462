"""`fs.diagnose`: verdicts on histories from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError, reason, unforeseen
from fitscope.logs.log import Log, Logged
from fitscope.logs.reading import reading
from fitscope.verdicts.judge import diagnose as judge_history
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from fitscope.logs.places import Place
    from fitscope.study.folder import StoredStudy


def diagnose(
    x: Any = None,
    train: Any = None,
    val: Any = None,
    higher_is_better: bool | None = None,
) -> Verdict | Verdicts:
    """Does it underfit or overfit, from when on, how sure is that, and what to try next?

    Args:
        x: a dictionary of columns (`history.history`), Keras' `History` or fitted model, a list of
            records (skorch's `net.history`, a trainer's `log_history`), a trainer of Hugging
            Face, a fitted estimator that keeps its losses or has a verdict (`fitscope.sklearn`), a
            Polars or pandas data frame, what scikit-learn's `learning_curve` and
            `validation_curve` return, a path (of a log file, a TensorBoard run, a study folder,
            or a folder of many of these), printed text of several lines, a `Result`, a `History`
            of fitscope's own; a list of any of these, or a dictionary by name; or a training
            curve, with a validation curve behind it.
        train: name of the training curve, found by name if left out; where `x` is a training
            curve, the validation curve.
        val: name of the validation curve, found by name if left out; or, beside a training curve
            as `train`, that curve itself.
        higher_is_better: which way the metric is better, told by its name if left out.

    Returns:
        One history gives a `Verdict`, several give `Verdicts`, a tuple of them whose `unread` names
        what could not be judged. A study always gives `Verdicts`, one a run.

    Raises:
        UserError: nothing could be judged.

    Example:
        >>> epochs = range(60)
        >>> loss = [0.9**epoch for epoch in epochs]
        >>> validation = [0.4 + 0.9**epoch + 0.01 * max(epoch - 25, 0) for epoch in epochs]
        >>> verdict = diagnose({"loss": loss, "val_loss": validation})
        >>> verdict.label, 20 <= verdict.best_epoch <= 30
        ('overfit', True)
        >>> diagnose(loss, validation).label
        'overfit'
        >>> diagnose("Epoch 1 loss: 2.1 val_loss: 2.2\\nEpoch 2 loss: 1.9 val_loss: 2.0").epochs
        2
    """
    from fitscope.api.result import Result
    from fitscope.history import History
    from fitscope.logs.memory import object_logs, pair_log, several
    from fitscope.study.folder import StoredStudy

    if isinstance(x, History):
        return replace(judge_history(x), history=x)
    if isinstance(told := getattr(x, "verdict_", None), Verdict):
        return told
    if isinstance(x, Result | StoredStudy):
        stored = x.stored if isinstance(x, Result) else x
        return _all([run.found for run in _study(stored, train, val)])
    curves = [x, *(key for key in (train, val) if key is not None and not isinstance(key, str))]
    if len(curves) > 1 and not isinstance(
        x, Mapping
    ):  # a training and a validation curve, by place or by name
        pair = pair_log(*curves[-2:])
        keys = Keys(None, None, higher_is_better)
        return _one_or_all([run.found for run in _runs(pair, keys)])
    keys = Keys(train, val, higher_is_better)
    if isinstance(x, str) and not {"\n", "\r"}.isdisjoint(x):
        from fitscope.logs.files import read_source
        from fitscope.logs.source import of_text

        return _one_or_all(
            [run.found for log in read_source(of_text("text", x)) for run in _runs(log, keys)]
        )
    if isinstance(x, str | PathLike):
        path = Path(x)
        found = diagnose_paths([path], train, val, higher_is_better)
        if not found:
            raise UserError(_why_none(found.unread))
        single = len(found) == 1 and not found.unread and not (path / "study.json").exists()
        return found[0] if single else found
    if (named := several(x)) is not None:
        return _all([found for name, one in named.items() for found in _of_object(name, one, keys)])
    return _one_or_all([run.found for log in object_logs(x) for run in _runs(log, keys)])


def diagnose_paths(
    paths: Sequence[Path],
    train: str | None = None,
    val: str | None = None,
    higher_is_better: bool | None = None,
) -> Verdicts:
    """Verdicts on everything that lies at or below the paths; nothing that is wrong ends it.

    Args:
        paths: files and folders; `-` stands for standard input.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
    """
    return gathered([run.found for run in judged_paths(paths, train, val, higher_is_better)])


@dataclass(frozen=True, eq=False)
class JudgedRun:
    """One run.

    Attributes:
        found: its verdict, or why there is none.
        log: the curves that were read; None where nothing could be.
        why: what made its validation curve the one to judge.
    """

    found: Verdict | Unread
    log: Log | None = None
    why: str = ""


def judged_paths(
    paths: Sequence[Path],
    train: str | None = None,
    val: str | None = None,
    higher_is_better: bool | None = None,
) -> Iterator[JudgedRun]:
    """Every run at or below the paths, one after another, with the curves that were read.

    Args:
        paths: files and folders; `-` stands for standard input.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
    """
    from fitscope.logs.places import places

    keys = Keys(train, val, higher_is_better)
    for path in paths:
        try:
            below = places(path)
        except (UserError, OSError) as error:
            yield JudgedRun(_unread(str(path), error))
            continue
        for place in below:
            try:
                yield from _of_place(place, keys)
            except Exception as error:  # one bad file must not end the others
                yield JudgedRun(_unread(str(place.path), error))


@dataclass(frozen=True)
class Keys:
    """What a user said of the curves."""

    train: str | None = None
    val: str | None = None
    higher_is_better: bool | None = None


def diagnose_log(
    log: Log,
    train: str | None = None,
    val: str | None = None,
    higher_is_better: bool | None = None,
) -> Verdict | Unread:
    """The verdict on one run's curves, or why there is none; nothing is raised.

    Args:
        log: the curves.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
    """
    return _of_log(log, Keys(train, val, higher_is_better)).found


def _of_object(name: str, one: Any, keys: Keys) -> list[Verdict | Unread]:
    """Verdicts on one of several objects; one that cannot be judged does not end the others."""
    from fitscope.logs.memory import object_logs

    try:
        return [run.found for log in object_logs(one, name) for run in _runs(log, keys)]
    except UserError as error:
        return [_unread(name, error)]


def _of_place(place: Place, keys: Keys) -> Iterator[JudgedRun]:
    if place.kind == "study":
        from fitscope.study.folder import read_study

        yield from _study(read_study(place.path), keys.train, keys.val)
        return
    from fitscope.logs.at_place import logs_at

    for log in logs_at(place):
        yield from _runs(log, keys)


def _runs(log: Log, keys: Keys) -> Iterator[JudgedRun]:
    from fitscope.logs.apart import apart

    runs = apart(log)
    for run in runs:
        yield _of_log(run, keys, len(runs))


def _of_log(log: Log, keys: Keys, runs: int = 1) -> JudgedRun:
    from fitscope.logs.checks.every import curve_checks
    from fitscope.logs.checks.seen import Seen
    from fitscope.logs.frames import LEFT_OUT

    try:
        read = reading(log, keys.train, keys.val, keys.higher_is_better)
        verdict = judge_history(read.history)
    except UserError as error:
        checks = curve_checks(Seen(log, runs=runs))
        lost = [note for note in log.notes if note.endswith(LEFT_OUT)]
        error = UserError("; ".join([str(error), *lost]))
        return JudgedRun(replace(_unread(log.source, error), checks=checks), log)
    checks = curve_checks(Seen(read.log, read, runs), verdict)
    verdict = replace(verdict, history=read.history, checks=checks)
    told = _told(verdict, read.train, read.validation, read.notes)
    return JudgedRun(told, read.log, read.why)


def _told(
    verdict: Verdict, train: str | None, validation: str, notes: tuple[str, ...] = ()
) -> Verdict:
    """Which curves were judged and what was mended stand beside the evidence."""
    told = replace(verdict.evidence, train_key=train, validation_key=validation, notes=notes)
    return replace(verdict, evidence=told)


def _study(stored: StoredStudy, train: str | None, val: str | None) -> Iterator[JudgedRun]:
    """One verdict a run: of its loss, or of the curves that the user names."""
    from fitscope.report.notices import notices
    from fitscope.study.judge import judge_stored
    from fitscope.study.run_history import run_history

    if not stored.results.judged:
        stored = judge_stored(stored)
    folder, loss = stored.folder, stored.document.task.loss
    said = notices(stored.document)
    curves = stored.histories.partition_by("model", "repeat", as_dict=True)
    if not stored.results.runs:
        yield JudgedRun(Unread(str(folder.path), "no finished run in it"))
    for run in stored.results.runs:
        mine = curves.get((run.model, run.repeat))
        if mine is None:
            continue
        history = run_history(stored.document, folder, run, mine)
        source = f"{folder.path}: {history.source}"
        if train is not None or val is not None:
            epochs = mine["epoch"].to_numpy().astype(float)
            columns = [n for n in mine.columns if n not in ("model", "repeat", "epoch")]
            log = {n: Logged(mine[n].to_numpy().astype(float), epochs) for n in columns}
            run_judged = _of_log(Log(source, log), Keys(train, val))
            yield replace(run_judged, found=_noted(run_judged.found, said))
        elif run.verdict is None:
            diverged = run.stopped == "diverged"
            why = "it diverged at once" if diverged else f"no finite {loss.validation}"
            yield JudgedRun(Unread(source, f"{why}; there is nothing to judge"))
        else:
            kept = replace(history, source=source, rows=None)
            verdict = replace(run.verdict, source=source, history=kept)
            yield JudgedRun(_noted(_told(verdict, loss.name, loss.validation), said))


def _noted(verdict: Verdict | Unread, more: Sequence[str]) -> Verdict | Unread:
    if isinstance(verdict, Unread):
        return verdict
    notes = (*verdict.evidence.notes, *more)
    return replace(verdict, evidence=replace(verdict.evidence, notes=notes))


def _one_or_all(found: Sequence[Verdict | Unread]) -> Verdict | Verdicts:
    every = _all(found)
    return every[0] if len(every) == 1 and not every.unread else every


def _all(found: Sequence[Verdict | Unread]) -> Verdicts:
    every = gathered(found)
    if not every:
        raise UserError(_why_none(every.unread))
    return every


def gathered(found: Sequence[Verdict | Unread]) -> Verdicts:
    """Verdicts, and apart from them what has none."""
    return Verdicts(
        (one for one in found if isinstance(one, Verdict)),
        (one for one in found if isinstance(one, Unread)),
    )


def _unread(source: str, error: Exception) -> Unread:
    """The error, without the name of its source at its beginning."""
    if isinstance(error, UserError):
        return Unread(source, str(error).removeprefix(f"{source}: "))
    if isinstance(error, OSError):
        return Unread(source, f"cannot be read: {error.strerror or reason(error)}")
    if isinstance(error, MemoryError):
        return Unread(source, "the memory is used up; cut it to what matters")
    return Unread(source, unforeseen(error))


def _why_none(unread: Sequence[Unread]) -> str:
    first = f"{unread[0].source}: {unread[0].error}" if unread else "no finished run in it"
    more = f" (and {len(unread) - 1} more that could not be judged)" if len(unread) > 1 else ""
    return first + more
