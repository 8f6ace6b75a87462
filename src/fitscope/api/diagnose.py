"""`fs.diagnose`: verdicts on histories from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from fitscope.api.judged import Keys, judged_log, judged_paths, judged_study, unread
from fitscope.errors import UserError
from fitscope.logs.log import Log
from fitscope.verdicts.judge import diagnose as judge_history
from fitscope.verdicts.many import Unread, Verdicts
from fitscope.verdicts.verdict import Verdict


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
        return _all([run.found for run in judged_study(stored, train, val)])
    curves = [x, *(key for key in (train, val) if key is not None and not isinstance(key, str))]
    if len(curves) > 1 and not isinstance(x, Mapping):  # training and validation, by place or name
        return _one_or_all(_found([pair_log(*curves[-2:])], Keys(None, None, higher_is_better)))
    keys = Keys(train, val, higher_is_better)
    if isinstance(x, str) and not {"\n", "\r"}.isdisjoint(x):
        from fitscope.logs.files import read_source
        from fitscope.logs.source import of_text

        return _one_or_all(_found(read_source(of_text("text", x)), keys))
    if isinstance(x, str | PathLike):
        path = Path(x)
        found = diagnose_paths([path], train, val, higher_is_better)
        if not found:
            raise UserError(_why_none(found.unread))
        single = len(found) == 1 and not found.unread and not (path / "study.json").exists()
        return found[0] if single else found
    if (named := several(x)) is not None:
        return _all([found for name, one in named.items() for found in _of_object(name, one, keys)])
    return _one_or_all(_found(object_logs(x), keys))


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


def _found(logs: Iterable[Log], keys: Keys) -> list[Verdict | Unread]:
    return [run.found for log in logs for run in judged_log(log, keys)]


def _of_object(name: str, one: Any, keys: Keys) -> list[Verdict | Unread]:
    """Verdicts on one of several objects; one that cannot be judged does not end the others."""
    from fitscope.logs.memory import object_logs

    try:
        return _found(object_logs(one, name), keys)
    except UserError as error:
        return [unread(name, error)]


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


def _why_none(failed: Sequence[Unread]) -> str:
    first = f"{failed[0].source}: {failed[0].error}" if failed else "no finished run in it"
    more = f" (and {len(failed) - 1} more that could not be judged)" if len(failed) > 1 else ""
    return first + more
