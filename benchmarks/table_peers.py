"""Other people's models as they use them on a table: scaled, one-hot, otherwise by default."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl

MODELS = ("linear", "mlp", "hgb", "forest", "xgboost", "lightgbm", "catboost")


def predict(model: str, rows: Any, seed: int) -> np.ndarray:
    """Predictions on the test rows: probabilities of classes, or values.

    Args:
        model: one of `MODELS`.
        rows: `tables.Rows`.
        seed: of what is random in the model.
    """
    from sklearn.pipeline import make_pipeline

    regression = rows.task.kind == "regression"
    train, test = (frame.drop(rows.target) for frame in (rows.train, rows.test))
    made = make_pipeline(_encoding(train), _model(model, regression, seed))
    y = rows.y_train if regression else rows.y_train.astype(int)
    with warnings.catch_warnings(action="ignore"):  # not converged: as people leave it
        made.fit(_plain(train), y)
        unseen = _plain(test)
        return made.predict(unseen) if regression else made.predict_proba(unseen)


def _model(name: str, regression: bool, seed: int) -> Any:
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    if name == "linear":
        return Ridge() if regression else LogisticRegression(max_iter=1_000)
    if name != "mlp":
        return _trees(name, regression, seed)
    if regression:  # prices as they are would keep it from learning anything
        network = MLPRegressor(early_stopping=True, random_state=seed)
        return TransformedTargetRegressor(network, transformer=StandardScaler())
    return MLPClassifier(early_stopping=True, random_state=seed)


def _trees(name: str, regression: bool, seed: int) -> Any:
    home, kind, settings = {
        "hgb": ("sklearn.ensemble", "HistGradientBoosting", {}),
        "forest": ("sklearn.ensemble", "RandomForest", {}),
        "xgboost": ("xgboost", "XGB", {}),
        "lightgbm": ("lightgbm", "LGBM", {"verbose": -1}),
        "catboost": ("catboost", "CatBoost", {"verbose": 0, "allow_writing_files": False}),
    }[name]
    made = getattr(import_module(home), f"{kind}{'Regressor' if regression else 'Classifier'}")
    return made(random_state=seed, **settings)


def _encoding(frame: pl.DataFrame) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [column.name for column in frame if column.dtype.is_numeric()]
    rest = [name for name in frame.columns if name not in numbers]
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_column_transformer((scaled, numbers), (one_hot, rest))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """All but numbers as texts, missing ones a text of their own."""
    rest = [column.name for column in frame if not column.dtype.is_numeric()]
    return frame.with_columns(pl.col(rest).cast(pl.String).fill_null("missing"))
