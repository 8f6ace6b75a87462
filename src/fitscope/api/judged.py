"""Every run at a place, in a log or in a study, judged; of what cannot be, the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.errors import UserError, reason, unforeseen
from fitscope.logs.log import LEFT_OUT, Log, Logged
from fitscope.logs.reading import reading
from fitscope.verdicts.judge import diagnose_measured
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from fitscope.logs.places import Place
    from fitscope.study.folder import StoredStudy


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


@dataclass(frozen=True)
class Keys:
    """What a user said of the curves."""

    train: str | None = None
    val: str | None = None
    higher_is_better: bool | None = None


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
            yield JudgedRun(unread(str(path), error))
            continue
        for place in below:
            try:
                yield from _of_place(place, keys)
            except Exception as error:  # one bad file must not end the others
                yield JudgedRun(unread(str(place.path), error))


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


def _of_place(place: Place, keys: Keys) -> Iterator[JudgedRun]:
    if place.kind == "study":
        from fitscope.study.folder import read_study

        yield from judged_study(read_study(place.path), keys.train, keys.val)
        return
    from fitscope.logs.at_place import logs_at

    for log in logs_at(place):
        yield from judged_log(log, keys)


def judged_log(log: Log, keys: Keys) -> Iterator[JudgedRun]:
    """The runs of a log, which may hold several one after another."""
    from fitscope.logs.apart import apart

    runs = apart(log)
    for run in runs:
        yield _of_log(run, keys, len(runs))


def _of_log(log: Log, keys: Keys, runs: int = 1) -> JudgedRun:
    from fitscope.logs.checks.every import curve_checks
    from fitscope.logs.checks.seen import Seen

    try:
        read = reading(log, keys.train, keys.val, keys.higher_is_better)
        verdict, measured = diagnose_measured(read.history)
    except UserError as error:
        checks = curve_checks(Seen(log, runs=runs))
        lost = [note for note in log.notes if note.endswith(LEFT_OUT)]
        error = UserError("; ".join([str(error), *lost]))
        return JudgedRun(replace(unread(log.source, error), checks=checks), log)
    checks = curve_checks(Seen(read.log, read, runs, measured), verdict)
    sure = verdict.confidence / 2 if read.mixed else verdict.confidence  # of whose curve?
    verdict = replace(verdict, history=read.history, checks=checks, confidence=sure)
    told = _told(verdict, read.train, read.validation, read.notes)
    return JudgedRun(told, read.log, read.why)


def _told(
    verdict: Verdict, train: str | None, validation: str, notes: tuple[str, ...] = ()
) -> Verdict:
    """Which curves were judged and what was mended stand beside the evidence."""
    told = replace(verdict.evidence, train_key=train, validation_key=validation, notes=notes)
    return replace(verdict, evidence=told)


def judged_study(stored: StoredStudy, train: str | None, val: str | None) -> Iterator[JudgedRun]:
    """One verdict a run: of its loss, or of the curves that the user names.

    Constant predictions are there to be compared with, and are left out.
    """
    from fitscope.learners.base import is_reference
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
        if mine is None or is_reference(stored.document.entry(run.model).learner):
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


def unread(source: str, error: Exception) -> Unread:
    """The error, without the name of its source at its beginning."""
    if isinstance(error, UserError):
        return Unread(source, str(error).removeprefix(f"{source}: "))
    if isinstance(error, OSError):
        return Unread(source, f"cannot be read: {error.strerror or reason(error)}")
    if isinstance(error, MemoryError):
        return Unread(source, "the memory is used up; cut it to what matters")
    return Unread(source, unforeseen(error))
