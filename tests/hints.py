"""Shape and type hints are held against what is really passed, on the floors that compute.

`conftest.py` names them. A mistake of a user's is not theirs to find: floors that take what users
give are left out, since they answer with a `UserError` of their own.

That takes longer than what is computed, so a test's first calls are held to their hints: a
simulation makes the same ones a million times.
"""

import builtins
from collections.abc import Callable
from functools import wraps
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

MOST = 1_000  # checks a test

# many modules know these in hints alone, since to import jaxtyping takes a tenth of a second
for name in ("Bool", "Float", "Float32", "Int", "Int32", "Shaped", "UInt8"):
    setattr(builtins, name, getattr(jaxtyping, name))

CHECKED = (
    "fitscope.data.csv_layout",
    "fitscope.data.describe",
    "fitscope.data.parts",
    "fitscope.diagnosis",
    "fitscope.higgs.columnar",
    "fitscope.higgs.csv_rows",
    "fitscope.higgs.csv_text",
    "fitscope.higgs.gzip_csv",
    "fitscope.higgs.layout",
    "fitscope.higgs.parquet",
    "fitscope.higgs.simulated_blocks",
    "fitscope.higgs.simulation",
    "fitscope.learners.kept_rows",
    "fitscope.learners.mlp.dropout",
    "fitscope.learners.mlp.engine",
    "fitscope.learners.mlp.evaluation",
    "fitscope.learners.mlp.forward",
    "fitscope.learners.mlp.objective",
    "fitscope.learners.patience",
    "fitscope.learners.mlp.train",
    "fitscope.learners.mlp.padded",
    "fitscope.learners.streams",
    "fitscope.task",
)

_checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # a whole number is a number
_left = MOST


def checker(function: Callable) -> Callable:
    """What jaxtyping has a function's hints checked by."""
    checked = _checked(function)

    @wraps(function)
    def held(*given: Any, **named: Any) -> Any:
        global _left
        _left -= 1
        if _left == 0:
            jaxtyping.config.update("jaxtyping_disable", True)
        return checked(*given, **named)

    return held


def begin() -> None:
    """A test begins."""
    global _left
    _left = MOST
    jaxtyping.config.update("jaxtyping_disable", False)
