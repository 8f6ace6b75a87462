"""Which curves were measured on rows that nothing was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fitscope.logs.direction import higher_is_better, measures_nothing
from fitscope.logs.log import Log
from fitscope.logs.names import Meaning

ONLY_EVALUATED = frozenset(
    ("ap", "map", "ar", "miou", "bleu", "sacrebleu", "cider", "pck", "mota", "dice", "ndcg", "mrr")
)


def held_back(log: Log, meanings: Mapping[str, Meaning]) -> list[str]:
    """Curves of validation rows; of test rows where there are none; what is evaluated alone."""
    for part in ("validation", "test"):
        found = [n for n, m in meanings.items() if m.part == part]
        metrics = [n for n in found if not measures_nothing(meanings[n].metric)]
        if metrics:
            return metrics
    trained = max((len(curve.values) for curve in log.curves.values()), default=0)
    explicit = any(m.part == "train" for m in meanings.values()) and not any(
        m.part is None and higher_is_better(m.metric) is False for m in meanings.values()
    )
    rows = [log.curves[n].rows for n, m in meanings.items() if higher_is_better(m.metric) is False]

    def is_evaluated(name: str, metric: str) -> bool:
        count, apart = len(log.curves[name].values), _apart_from(log.curves[name].rows, rows)
        if any(_stem(word) in ONLY_EVALUATED for word in metric.split("_")):
            return apart or explicit or count < trained or name.lower().startswith("metrics/")
        # an evaluator's, as MMEngine's `accuracy/top1`: never beside a loss
        return apart and "/" in name and 2 * count <= trained

    return [
        name
        for name, m in meanings.items()
        if m.part is None and higher_is_better(m.metric) and is_evaluated(name, m.metric)
    ]


def _apart_from(rows: np.ndarray | None, others: Sequence[np.ndarray | None]) -> bool:
    """Whether a curve was never logged together with any of the others."""
    known = [other for other in others if other is not None]
    return rows is not None and bool(known) and not any(np.isin(rows, o).any() for o in known)


def _stem(word: str) -> str:
    return word.rstrip("0123456789")
