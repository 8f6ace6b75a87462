"""How fast a learner with rounds learns, and in how many of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitscope.learners.estimator.described import library_of
from fitscope.learners.estimator.prepared import last_step
from fitscope.learners.estimator.staged import staged

USUAL = {"xgboost": (0.3, 100)}
"""Learning rate and rounds of a library whose settings are None until they are given."""


@dataclass(frozen=True)
class Pace:
    """A learning rate and a number of rounds.

    Attributes:
        setting: of the rate.
        rate: its value.
        total: the setting of the number of rounds.
        rounds: its value.
    """

    setting: str
    rate: float
    total: str
    rounds: int

    def with_rounds(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings, with as many rounds more as they let it learn slower.

        Example:
            >>> Pace("learning_rate", 0.1, "max_iter", 100).with_rounds({"learning_rate": 0.05})
            {'learning_rate': 0.05, 'max_iter': 200}
        """
        if self.setting not in settings:
            return dict(settings)
        more = self.rate / settings[self.setting]
        return {**settings, self.total: round(self.rounds * more)}


def pace_of(estimator: Any) -> Pace | None:
    """The pace of an estimator with rounds; None where its library decides it by the rows.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingClassifier
        >>> pace_of(HistGradientBoostingClassifier(learning_rate=0.2))
        Pace(setting='learning_rate', rate=0.2, total='max_iter', rounds=100)
    """
    prefix, final = last_step(estimator)
    watched = staged(final)
    if watched is None:
        return None
    usual = USUAL.get(library_of(final), (None, None))
    settings = final.get_params()
    rate = settings.get("learning_rate") or usual[0]
    rounds = settings.get(watched.TOTAL) or usual[1]
    if not isinstance(rate, int | float) or not isinstance(rounds, int):
        return None
    return Pace(f"{prefix}learning_rate", float(rate), f"{prefix}{watched.TOTAL}", rounds)


def fitted_pace(estimator: Any) -> Pace | None:
    """The pace that a library has decided by the rows; None of one that decides nothing.

    Args:
        estimator: fitted.
    """
    prefix, final = last_step(estimator)
    if library_of(final) != "catboost":
        return None
    # the rate depends on the number of rounds that were asked for, and fewer need it as it was
    settings = final.get_all_params()
    rate, rounds = float(final.learning_rate_), int(settings["iterations"])
    return Pace(f"{prefix}learning_rate", rate, f"{prefix}iterations", rounds)
