"""What XGBoost, LightGBM and CatBoost have learnt, in their own formats."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from fitscope.errors import UserError
from fitscope.learners.estimator.described import (
    BOOSTING,
    class_path,
    described,
    is_plain,
    library_of,
    rebuilt,
)
from fitscope.learners.estimator.prepared import parted, together


class Native(NamedTuple):
    """A fitted model of one of the libraries.

    Attributes:
        description: its class and settings, as JSON has them.
        model: what it has learnt, in the library's own format.
        classes: how many it tells apart, 0 for a regression.
        features: how many it takes.
    """

    description: dict[str, Any]
    model: bytes
    classes: int
    features: int


def natively(estimator: Any) -> tuple[Native | None, Any]:
    """The last step in its library's own format, and the estimator without it.

    Args:
        estimator: fitted.

    Returns:
        None and the estimator itself where its last step is of another library.
    """
    before, final = parted(estimator)
    library = library_of(final)
    if library not in BOOSTING:
        return None, estimator
    description = described(final)
    if not is_plain(description):  # functions: of no use to what is learnt already
        kept = {k: v for k, v in description["settings"].items() if is_plain(v)}
        description = {"class": class_path(type(final)), "settings": kept}
    classes = len(final.classes_) if hasattr(final, "classes_") and _classifies(final) else 0
    native = Native(description, _bytes(final, library), classes, int(final.n_features_in_))
    return native, before


def revived(native: Native, before: Any) -> Any:
    """The estimator again.

    Args:
        native: its last step.
        before: the steps before it; None where there are none.
    """
    final = rebuilt(native.description)
    library = library_of(final)
    if library not in BOOSTING:
        raise UserError(f"{native.description['class']} has no format of its own")
    if library == "xgboost":
        final.load_model(bytearray(native.model))
    elif library == "catboost":
        final.load_model(blob=native.model)
    else:
        _revive_lightgbm(final, native)
    return together(before, final)


def _classifies(model: Any) -> bool:
    from sklearn.base import is_classifier

    return is_classifier(model)


def _bytes(model: Any, library: str) -> bytes:
    if library == "xgboost":
        return bytes(model.get_booster().save_raw("ubj"))
    if library == "lightgbm":
        return model.booster_.model_to_string().encode()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.cbm")
        model.save_model(str(file))
        return file.read_bytes()


def _revive_lightgbm(model: Any, native: Native) -> None:
    """LightGBM's estimators read no model; these are the attributes that predicting looks at."""
    import numpy as np
    from lightgbm import Booster
    from sklearn.preprocessing import LabelEncoder

    model._Booster = Booster(model_str=native.model.decode())
    model._n_features = model._n_features_in = native.features
    model.fitted_ = True
    told = [line for line in native.model.decode().splitlines() if line.startswith("objective=")]
    model._objective = told[0].partition("=")[2].split()[0] if told else None
    if native.classes:
        model._n_classes, model._classes = native.classes, np.arange(native.classes)
        model._le = LabelEncoder().fit(model._classes)
