"""`Seen`: what the checks look at: a run's log, and how it was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import Judgement
from fitscope.history import History
from fitscope.logs.checks.judged_alone import judged_alone
from fitscope.logs.direction import higher_is_better, measures_nothing
from fitscope.logs.log import Log
from fitscope.logs.names import meaning
from fitscope.logs.reading import Reading

if TYPE_CHECKING:
    from jaxtyping import Float

    Floats = Float[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class Seen:
    """One run.

    Attributes:
        log: its curves.
        reading: how they were read, or None where there is no validation curve to judge.
        runs: how many runs its source held.
        found: what the verdict measured; None where there is none, or of a single epoch.
    """

    log: Log
    reading: Reading | None = None
    runs: int = 1
    found: Findings | None = None

    @property
    def history(self) -> History | None:
        """The curves that were judged."""
        return None if self.reading is None else self.reading.history

    @property
    def step(self) -> str:
        """What a step of the run is called."""
        return self.log.step if self.history is None else self.history.step

    @property
    def names(self) -> list[str]:
        """The names of the judged curves, for a check on the pair."""
        if self.reading is None:
            return []
        return [name for name in (self.reading.train, self.reading.validation) if name]

    @cached_property
    def losses(self) -> tuple[Floats, Floats] | None:
        """Both judged curves where both are finite, as losses; None without a training curve."""
        history = self.history
        if history is None or history.train is None:
            return None
        sign = -1.0 if history.higher_is_better else 1.0
        train, validation = sign * history.train, sign * history.validation
        both = np.isfinite(train) & np.isfinite(validation)
        return train[both], validation[both]

    @cached_property
    def trained(self) -> str | None:
        """The name of the training curve: that of the pair, otherwise the likeliest loss."""
        if self.reading is not None:
            return self.reading.train
        meanings = {name: meaning(name) for name in self.log.curves}
        losses = [
            name
            for name, m in meanings.items()
            if m.part in ("train", None)
            and not measures_nothing(m.metric)
            and higher_is_better(m.metric) is False
        ]
        return min(losses, key=lambda n: (meanings[n].metric != "loss", len(n)), default=None)

    @cached_property
    def alone(self) -> Judgement | None:
        """The training curve judged by itself; None where it is too short."""
        return None if self.trained is None else judged_alone(self.log.curves[self.trained].values)
