"""`fs.callbacks`: a run judged while it trains, in any of six libraries or a loop of one's own.

Each says a line when the verdict changes and the verdict at the end; with `stop=True` it ends the
run on evidence.

Example:
    >>> from fitscope.api.callbacks import Watch
    >>> watch = Watch()
    >>> for epoch in range(60):
    ...     loss, risen = 0.9**epoch, 0.4 + 0.9**epoch + 0.02 * max(epoch - 25, 0)
    ...     stop = watch.log(loss=loss, val_loss=risen)
    fitscope: epoch ...: improving, ... sure
    fitscope: epoch ...: overfit from epoch ..., ... sure (was ...)
    >>> watch.verdict.label
    'overfit'
"""

from __future__ import annotations

from typing import Any

from fitscope.api.callbacks.watch import Watch

__all__ = ["Watch", "catboost", "keras", "lightgbm", "lightning", "transformers", "xgboost"]


def keras(**settings: Any) -> Any:
    """A callback for `model.fit(..., callbacks=[fs.callbacks.keras()])`.

    Args:
        settings: of `Watch`.

    Returns:
        A `keras.callbacks.Callback` with the `watch` in it.
    """
    from fitscope.api.callbacks.of_keras import keras_callback

    return keras_callback(Watch(**settings))


def lightning(**settings: Any) -> Any:
    """A callback for `Trainer(callbacks=[fs.callbacks.lightning()])`.

    Args:
        settings: of `Watch`.

    Returns:
        A `Callback` of `lightning`, or of `pytorch_lightning` where only that is installed.
    """
    from fitscope.api.callbacks.of_lightning import lightning_callback

    return lightning_callback(Watch(**settings))


def transformers(**settings: Any) -> Any:
    """A callback for `Trainer(callbacks=[fs.callbacks.transformers()])` of Hugging Face.

    Args:
        settings: of `Watch`.

    Returns:
        A `transformers.TrainerCallback` with the `watch` in it.
    """
    from fitscope.api.callbacks.of_transformers import transformers_callback

    return transformers_callback(Watch(**settings))


def xgboost(**settings: Any) -> Any:
    """A callback for `xgb.train(..., callbacks=[fs.callbacks.xgboost()])` and for its estimators.

    Args:
        settings: of `Watch`.

    Returns:
        A `xgboost.callback.TrainingCallback` with the `watch` in it.
    """
    from fitscope.api.callbacks.of_xgboost import xgboost_callback

    return xgboost_callback(Watch(step="round", **settings))


def lightgbm(**settings: Any) -> Any:
    """A callback for `lgb.train(..., callbacks=[fs.callbacks.lightgbm()])` and for its estimators.

    Give the training rows among the validation sets, too: `valid_sets=[train, valid]`. Where
    `lightgbm.early_stopping` ends the training, call `callback.watch.finish()` for the last word.

    Args:
        settings: of `Watch`.
    """
    from fitscope.api.callbacks.of_lightgbm import LightGBMCallback

    return LightGBMCallback(Watch(step="round", **settings))


def catboost(**settings: Any) -> Any:
    """A callback for `model.fit(..., callbacks=[fs.callbacks.catboost()])`.

    CatBoost does not say when it is done: call `callback.watch.finish()` for the last word.

    Args:
        settings: of `Watch`.
    """
    from fitscope.api.callbacks.of_catboost import CatBoostCallback

    return CatBoostCallback(Watch(step="round", **settings))
