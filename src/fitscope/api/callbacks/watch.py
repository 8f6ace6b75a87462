"""`Watch`: a run judged while it trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fitscope.api.judged import diagnose_log
from fitscope.errors import UserError
from fitscope.history import History
from fitscope.logs.log import Log, Logged
from fitscope.logs.reading import reading
from fitscope.stopping.evidence import EvidenceStopping, Stopper
from fitscope.verdicts.check import Check
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import check_words, headline, paragraph

OFTEN = 50  # epochs up to which each is judged
SELDOM = 25  # after that whenever a run is longer by one part in so many: 10,000 epochs, 180 times
AT_ONCE = 0.9  # from this confidence on another label is said at once, else the second time
LOUD = ("problem", "warning")  # checks that are said while a run goes on
AT_THE_END = ("FS216",)  # and these are not: there is one evaluation only

Rows = dict[str, list[tuple[float, float, float | None]]]  # name to value, epoch, step


class Watch:
    """Judges a run while it trains: a line when the verdict changes, and the verdict at the end.

    Three lines in a loop of one's own::

        watch = fs.callbacks.Watch(stop=True)
        for epoch in range(100):
            ...
            if watch.log(loss=loss, val_loss=val_loss): break
        watch.finish()

    One object serves one run after another: a run begins where epochs start again, or after
    `finish`. Where a run goes on from a checkpoint, give `state_dict()` to it and hand it back to
    `load_state_dict`: epochs that are trained a second time count once.

    Args:
        source: what the run is called.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
        stop: whether to end the run on evidence; a rule with settings of your own, or True for
            `fs.stopping.EvidenceStopping()`. It counts in the metric's own units.
        say: takes each line; None for silence.
        step: what a step of the run is called.

    Attributes:
        verdict: the latest, None before there is one.
        stopped: why the run was ended: "overfit", "no gain", "patience", or None.
        silent: whether nothing is said, as by all but one of several processes.

    Example:
        >>> watch = Watch(say=None, stop=EvidenceStopping(worth=0.01, patience=50))
        >>> for epoch in range(1_000):
        ...     rise = 0.01 * max(epoch - 30, 0)
        ...     if watch.log(loss=0.9**epoch, val_loss=0.4 + 0.9**epoch + rise):
        ...         break
        >>> watch.stopped in ("overfit", "no gain"), 30 < epoch < 90, watch.finish().label
        (True, True, 'overfit')
    """

    def __init__(
        self,
        source: str = "training",
        *,
        train: str | None = None,
        val: str | None = None,
        higher_is_better: bool | None = None,
        stop: bool | EvidenceStopping = False,
        say: Callable[[str], object] | None = print,
        step: str = "epoch",
    ) -> None:
        self.silent = False
        self._rule = EvidenceStopping() if stop is True else stop or None
        self._source = source
        self._keys = (train, val, higher_is_better)
        self._out = say
        self._step = step
        self._begin({})

    def _begin(self, rows: Rows) -> None:
        """A run, of which so much is known."""
        self.verdict: Verdict | None = None
        self.stopped: str | None = None
        self._rows = rows
        places = {row[1:] for values in rows.values() for row in values}
        self._latest = max((epoch for epoch, _ in places), default=-math.inf)
        self._count = len(places)
        self._due = self._count + 1
        self._finished = False
        self._label: str | None = None  # the one that was said
        self._seen: str | None = None  # the one before
        self._told: set[str] = set()
        self._stopper: Stopper | None = None if self._rule is None else self._rule.start()

    def state_dict(self) -> dict[str, Any]:
        """What was logged so far, for a checkpoint; plain values."""
        return {"rows": {name: list(values) for name, values in self._rows.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with a run from what `state_dict` gave.

        Example:
            >>> first = Watch(say=None)
            >>> stop = first.log(loss=0.7, val_loss=0.8)
            >>> second = Watch(say=None)
            >>> second.load_state_dict(first.state_dict())
            >>> stop = second.log(epoch=1, loss=0.6, val_loss=0.7)
            >>> second.finish().epochs
            2
        """
        rows = state["rows"].items()  # a checkpoint may have made lists of tuples
        self._begin({name: [(v, epoch, step) for v, epoch, step in kept] for name, kept in rows})

    def log(self, epoch: float | None = None, step: float | None = None, **metrics: Any) -> bool:
        """Take what was measured now.

        Args:
            epoch: its number; counted from 0 if left out. A smaller one than before begins the run
                again from there.
            step: the number of the step, where that is known.
            metrics: name to value; what is no number is left out. Training and validation may come
                together or in calls of their own.

        Returns:
            True if training should stop now. Never without `stop`.
        """
        return self.take(metrics, epoch, step)

    def take(
        self, metrics: Mapping[str, Any], epoch: float | None = None, step: float | None = None
    ) -> bool:
        """As `log`, for names that are no words of Python."""
        if self._finished and epoch is None:
            self._begin({})
        at = float(self._count if epoch is None else epoch)
        if at < self._latest or (self._finished and at == self._latest):
            self._begin(_before(self._rows, at))
        self._latest, self._finished = at, False
        place = None if step is None else float(step)
        for name, value in metrics.items():
            number = _number(value)
            if number is not None:
                self._rows.setdefault(str(name), []).append((number, at, place))
        self._count += 1
        if self._count >= self._due:
            self._due = self._count + (self._count // SELDOM if self._count > OFTEN else 1)
            history = self._look()
        else:
            history = None if self._stopper is None else self._read()
        return self._may_stop(history)

    def finish(self) -> Verdict | None:
        """Say the verdict on the whole run, or why there is none.

        Returns:
            The verdict.
        """
        found = self._judged()
        self._finished = True
        if isinstance(found, Unread):
            self._say(f"fitscope: not judged: {found.error}")
            for check in found.checks:
                self._say(f"fitscope: {check_words(check)}")
            return None
        self.verdict = found
        self._say(paragraph(found))
        return found

    def _look(self) -> History | None:
        """Judge the run, and say what is new; the curves that were judged."""
        found = self._judged()
        if not isinstance(found, Verdict):
            return None
        self.verdict = found
        self._tell(found)
        return found.history

    def _read(self) -> History | None:
        """The curves alone, as a stopping rule needs them in each epoch."""
        try:
            history = reading(self._as_log(), *self._keys).history
        except UserError:
            return None
        return history if np.isfinite(history.validation).any() else None

    def _judged(self) -> Verdict | Unread:
        return diagnose_log(self._as_log(), *self._keys)

    def _as_log(self) -> Log:
        curves: dict[str, Logged] = {}
        for name, rows in self._rows.items():
            values, epochs, steps = np.array(rows, np.float64).T
            known = bool(np.isfinite(steps).all())
            curves[name] = Logged(values, epochs, steps if known else None)
        return Log(self._source, curves, self._step)

    def _tell(self, found: Verdict) -> None:
        """A line if the verdict is another one, and one for each loud check that is new."""
        now = f"{found.evidence.step} {self._now(found)}"
        if self._is_new(found):
            before = f" (was {self._label})" if self._label else ""
            self._say(f"fitscope: {now}: {headline(found)}{before}")
            self._label = found.label
        for check in found.checks:
            if check.severity in LOUD and check.code not in (*self._told, *AT_THE_END):
                self._told.add(check.code)
                self._say(f"fitscope: {now}: {_short(check)}")

    def _is_new(self, found: Verdict) -> bool:
        """Whether its label is another one than was said, and no whim of a single epoch."""
        if found.undecided or found.label == "too few":
            return False
        again, self._seen = found.label == self._seen, found.label
        steady = again or self._label is None or found.confidence >= AT_ONCE
        return steady and found.label != self._label

    def _say(self, line: str) -> None:
        if self._out is not None and not self.silent:
            self._out(line)

    def _now(self, found: Verdict) -> str:
        history = found.history
        return "?" if history is None else f"{int(history.epochs[-1]):,}"

    def _may_stop(self, history: History | None) -> bool:
        """Give the stopping rule the evaluations that it has not seen."""
        stopper = self._stopper
        if stopper is None or history is None or self.stopped:
            return bool(self.stopped)
        sign = -1.0 if history.higher_is_better else 1.0
        for row in range(stopper.epochs, len(history.validation)):
            train = None if history.train is None else sign * float(history.train[row])
            try:
                stop = stopper.update(sign * float(history.validation[row]), train)
            except UserError:  # a training curve that began, or ended, on the way
                stopper = self._stopper = stopper.rule.start()
                return False
            if stop:
                self.stopped = stopper.reason
                seen = f"{history.step} {int(history.epochs[row]):,}"
                best = int(history.epochs[stopper.best_epoch])
                self._say(f"fitscope: {seen}: stopped ({self.stopped}); best at {best:,}")
                return True
        return False


def _before(rows: Rows, epoch: float) -> Rows:
    """What was logged before an epoch."""
    kept = {name: [row for row in values if row[1] < epoch] for name, values in rows.items()}
    return {name: values for name, values in kept.items() if values}


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _short(check: Check) -> str:
    return f"{check.code} ({check.severity}): {check.title}"
