"""Keras, on the backend that a model was made for."""

from __future__ import annotations

import os
import sys
from typing import Any

from fitscope.errors import UserError
from fitscope.learners.libraries import library


def keras_on(backend: str | None) -> Any:
    """The module `keras`, version 3, on this backend.

    Which one it is, is decided when Keras is first imported; where nobody has imported it yet,
    this does.

    Args:
        backend: "jax", "torch" or "tensorflow"; None takes any.

    Raises:
        UserError: Keras is not installed, too old, or loaded with another backend.
    """
    if backend is not None and "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = backend
    keras = library("keras", "keras")
    if not hasattr(keras, "ops"):
        raise UserError(f"Keras {keras.__version__} is too old; pip install 'fitscope[keras]'")
    loaded = keras.backend.backend()
    if backend not in (None, loaded):
        raise UserError(
            f"the model was made with Keras on {backend}, and this program has loaded Keras on "
            f"{loaded}; set KERAS_BACKEND={backend} before keras is imported"
        )
    return keras
