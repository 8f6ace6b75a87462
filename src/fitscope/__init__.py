"""Does my model underfit or overfit, how sure is that, and what mends it?

Everything public is here; it is imported when it is first used, so that `import fitscope`
takes no time.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitscope import datasets as datasets
    from fitscope import sklearn as sklearn
    from fitscope import stopping as stopping
    from fitscope.api import callbacks as callbacks
    from fitscope.api.diagnose import diagnose as diagnose
    from fitscope.api.result import Result as Result
    from fitscope.api.study import Study as Study
    from fitscope.data.split import Split as Split
    from fitscope.data.split_file import split_file as split_file
    from fitscope.errors import Notice as Notice
    from fitscope.errors import UserError as UserError
    from fitscope.examination.examination import Examination as Examination
    from fitscope.examination.examine import examine as examine
    from fitscope.learners.estimator.estimator import Estimator as Estimator
    from fitscope.learners.hgb import HGB as HGB
    from fitscope.learners.mlp.network import MLP as MLP
    from fitscope.learners.mlp.plan import Plan as Plan
    from fitscope.learners.mlp.schedules import inverse_time_decay as inverse_time_decay
    from fitscope.learners.mlp.schedules import schedule as schedule
    from fitscope.learners.own.keras.compiled import from_keras as from_keras
    from fitscope.learners.own.torch.given import torch as torch
    from fitscope.opening import load as load
    from fitscope.stopping.early import EarlyStopping as EarlyStopping
    from fitscope.verdicts.comparison import Comparison as Comparison
    from fitscope.verdicts.many import Verdicts as Verdicts
    from fitscope.verdicts.verdict import Verdict as Verdict

__version__ = "0.2.0"

_HOMES = {
    "Comparison": "fitscope.verdicts.comparison",
    "EarlyStopping": "fitscope.stopping.early",
    "Estimator": "fitscope.learners.estimator.estimator",
    "Examination": "fitscope.examination.examination",
    "HGB": "fitscope.learners.hgb",
    "MLP": "fitscope.learners.mlp.network",
    "Notice": "fitscope.errors",
    "Plan": "fitscope.learners.mlp.plan",
    "Result": "fitscope.api.result",
    "Split": "fitscope.data.split",
    "Study": "fitscope.api.study",
    "UserError": "fitscope.errors",
    "Verdict": "fitscope.verdicts.verdict",
    "Verdicts": "fitscope.verdicts.many",
    "diagnose": "fitscope.api.diagnose",
    "examine": "fitscope.examination.examine",
    "from_keras": "fitscope.learners.own.keras.compiled",
    "inverse_time_decay": "fitscope.learners.mlp.schedules",
    "load": "fitscope.opening",
    "schedule": "fitscope.learners.mlp.schedules",
    "split_file": "fitscope.data.split_file",
    "torch": "fitscope.learners.own.torch.given",
}

__all__ = [
    "HGB",
    "MLP",
    "Comparison",
    "EarlyStopping",
    "Estimator",
    "Examination",
    "Notice",
    "Plan",
    "Result",
    "Split",
    "Study",
    "UserError",
    "Verdict",
    "Verdicts",
    "__version__",
    "callbacks",
    "datasets",
    "diagnose",
    "examine",
    "from_keras",
    "inverse_time_decay",
    "load",
    "schedule",
    "sklearn",
    "split_file",
    "stopping",
    "torch",
]


def __getattr__(name: str) -> Any:
    if name in ("datasets", "sklearn", "stopping"):
        return import_module(f"fitscope.{name}")
    if name == "callbacks":
        return import_module("fitscope.api.callbacks")
    if name in _HOMES:
        if "IPython" in sys.modules:
            import_module("fitscope.api.drawn")
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'fitscope' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
