"""How likely each thing is that a label turns on, from what was measured."""

from __future__ import annotations

import numpy as np

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.gaussian import below
from fitscope.diagnosis.learnt import CONSTANT, FIRST_EPOCH
from fitscope.diagnosis.rules import (
    ALONG,
    CAME_APART,
    CERTAINLY_LEARNT,
    DROWNED,
    ESTABLISHED,
    FITTED,
    JUMPS,
    ONE_SIDED,
    PEOPLE,
    STOOD_STILL,
    UNDECIDED,
)
from fitscope.diagnosis.underfit import no_better, underfit_by_reference


def matters(value: float, needed: float, error: float) -> float:
    """Chance that a value is as large as needed, given its error and how people differ."""
    return float(below((value - needed) / max(np.hypot(error, PEOPLE * needed), 1e-300)))


def along(f: Findings) -> float:
    """Chance that the training loss rose along with validation."""
    if f.train_rise is None or f.train_rise <= 0:
        return 0.0
    if f.train_order <= 1 - ESTABLISHED:
        limit, error = ALONG * f.rise.value, 0.0
    else:
        limit, error = max(ALONG * f.rise.value, ONE_SIDED * f.train_rise_error), f.train_rise_error
    return _beyond(f.train_rise - limit, limit, error)


def _beyond(off: float, limit: float, error: float) -> float:
    """Chance that something so far off a limit is beyond it; a limit is known to a tenth of it."""
    return float(below(off / max(error, 0.1 * limit, 1e-300)))


def training_lost(f: Findings) -> float:
    """Chance that the training curve by itself ended far worse than it had been."""
    if f.train_lost is None or f.train_fall is None or f.train_lost <= 0:
        return 0.0
    limit = max(CAME_APART * f.train_fall, 2 * ONE_SIDED * f.train_error)
    return _beyond(f.train_lost - limit, limit, f.train_error)


def jumps(f: Findings) -> float:
    """Chance that the late part scatters so far, beside what was learnt, that no trend holds."""
    if f.rise.probability >= ESTABLISHED:
        return 0.0
    scale = max(f.learnt.scale, min(f.learnt.fall, f.train_fall or 0.0))
    limit = max(JUMPS * scale, _least_noise(f))
    return _scatters(f.scatter, limit, len(f.curve) // 2)


def drowned(f: Findings) -> float:
    """Chance that the noise of single epochs is as large as all that was learnt."""
    start_error = float(f.validation.errors[: f.low.at + 1].max())
    if f.fell >= CERTAINLY_LEARNT * np.hypot(start_error, f.low.error):
        return 0.0
    limit = max(DROWNED * f.learnt.scale, _least_noise(f))
    return _scatters(f.validation.noise.typical(), limit, len(f.curve))


def _least_noise(f: Findings) -> float:
    """The least noise that is one: where nothing was learnt it has no scale but the loss itself."""
    share = DROWNED if stands_at_its_start(f) > UNDECIDED else STOOD_STILL
    return share * abs(f.low.corrected)


def _scatters(deviation: float, limit: float, count: int) -> float:
    """Chance that a standard deviation measured on so many values exceeds a limit.

    Its logarithm scatters by about one over the root of twice their number.
    """
    if deviation <= 0 or limit <= 0:
        return float(deviation > limit)
    return float(below(np.log(deviation / limit) * np.sqrt(2 * max(count - 1, 1))))


def at_chance(f: Findings) -> float:
    """Chance that nothing was learnt beyond a known constant predictor."""
    if f.reference is None or f.reference_kind != CONSTANT:
        return 0.0
    return underfit_by_reference(
        f.fitted, f.low.corrected, _score_error(f), f.reference, f.possible
    )


def stands_at_its_start(f: Findings) -> float:
    """Chance that neither curve ever got better than it was at first; no constant is known."""
    if f.train is None or f.train_fall is None or f.reference_kind != FIRST_EPOCH:
        return 0.0
    assert f.reference is not None
    start_error = float(np.hypot(f.validation.noise.deviation[0], f.low.error))
    return _stood_still(f.train_fall, f.train_error, abs(f.train.values[0])) * _stood_still(
        float(f.curve.validation[0]) - f.low.corrected, start_error, abs(f.reference)
    )


def _stood_still(fall: float, error: float, level: float) -> float:
    """Chance that a fall is none: not beyond noise, or next to nothing of the level."""
    if fall <= 0:
        return 1.0
    limit = max(CERTAINLY_LEARNT * error, STOOD_STILL * level)
    return _beyond(limit - fall, limit, error)


def memorized(f: Findings) -> float:
    """Chance that training rows are fitted and validation rows no better than by a constant.

    That is overfitting from the first epoch on: a curve that never was better cannot rise.
    """
    if f.reference_kind != CONSTANT or f.reference is None or f.fitted is None:
        return 0.0
    if f.fitted > f.reference - FITTED * f.possible:
        return 0.0
    return no_better(f.low.corrected, _score_error(f), f.reference, f.possible / 2)


def _score_error(f: Findings) -> float:
    error = float(np.hypot(f.low.error, f.score_error or 0.0))
    return max(error, 1e-9 * f.possible)
