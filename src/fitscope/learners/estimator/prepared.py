"""An estimator as a run trains it: its own seed, one core, the last step apart from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.learners.estimator.described import library_of
from fitscope.learners.streams import WEIGHTS, stream

if TYPE_CHECKING:
    from fitscope.task import Task

SEEDS = ("random_state", "random_seed")
BY_LABEL = ("class_weight", "class_weights")
"""Settings that may say what rows of each label count."""
CORES = ("n_jobs", "thread_count", "nthread")


def prepared(estimator: Any, task: Task, seed: int, repeat: int) -> Any:
    """The estimator, made ready in place: what is random follows from the seed, on one core.

    Nothing is cached on disk or written beside the study, and weights of classes that are given by
    the names of labels are given by their numbers.

    Args:
        estimator: a new one, unfitted.
        task: what it is to learn.
        seed: of the study.
        repeat: number of the run.
    """
    number = int(stream(seed, repeat, WEIGHTS).generate_state(1)[0] >> 1)  # int32 for some
    new: dict[str, Any] = {}
    for name, value in estimator.get_params(deep=True).items():
        last = name.rpartition("__")[2]
        if last in SEEDS:
            new[name] = number
        elif last in CORES and value is not None:
            new[name] = 1
        elif last == "memory":
            new[name] = None
        elif last in BY_LABEL and isinstance(value, dict) and task.labels:
            places = {label: place for place, label in enumerate(task.labels)}
            new[name] = {places.get(str(key), key): weight for key, weight in value.items()}
    estimator.set_params(**new)
    for one in _steps(estimator):
        library = library_of(one)
        if library == "catboost":
            _quiet(one, number)
        elif library in ("xgboost", "lightgbm"):  # to them None is all cores
            one.set_params(n_jobs=1)
    return estimator


def last_step(estimator: Any) -> tuple[str, Any]:
    """What learns in the end, and the prefix of its settings: of a pipeline its last step.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> last_step(make_pipeline(StandardScaler(), Ridge()))
        ('ridge__', Ridge())
    """
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.pipeline import Pipeline

    prefix = ""
    while True:
        if isinstance(estimator, Pipeline) and hasattr(estimator.steps[-1][1], "fit"):
            name, estimator = estimator.steps[-1]
        elif isinstance(estimator, TransformedTargetRegressor) and estimator.regressor is not None:
            name, estimator = "regressor", estimator.regressor
        else:
            return prefix, estimator
        prefix += f"{name}__"


def parted(estimator: Any) -> tuple[Any, Any]:
    """What prepares rows, and what learns from them; None where nothing prepares them.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> parted(make_pipeline(StandardScaler(), Ridge()))[1], parted(Ridge())
        (Ridge(), (None, Ridge()))
    """
    from sklearn.pipeline import Pipeline

    if not isinstance(estimator, Pipeline):
        return None, estimator
    if len(estimator.steps) == 1:
        return None, estimator.steps[0][1]
    return Pipeline(estimator.steps[:-1]), estimator.steps[-1][1]


def together(before: Any, final: Any) -> Any:
    """The pipeline of what prepares rows and what learns from them."""
    from sklearn.pipeline import Pipeline

    return final if before is None else Pipeline([*before.steps, ("final", final)])


def _steps(estimator: Any) -> list[Any]:
    values = estimator.get_params(deep=True).values()
    return [estimator, *(one for one in values if hasattr(one, "get_params"))]


def _quiet(model: Any, number: int) -> None:
    """CatBoost shows and takes only settings that were given, prints and leaves a folder."""
    given = model.get_params()
    new: dict[str, Any] = {"thread_count": 1, "allow_writing_files": False}
    if not {"verbose", "silent", "logging_level", "verbose_eval"} & set(given):
        new["logging_level"] = "Silent"
    if not set(SEEDS) & set(given):
        new["random_seed"] = number
    model.set_params(**new)
