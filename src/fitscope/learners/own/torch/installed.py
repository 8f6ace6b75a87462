"""PyTorch, where it is installed."""

from __future__ import annotations

from typing import Any

from fitscope.learners.libraries import library


def torch_module() -> Any:
    """The module `torch`.

    Raises:
        UserError: it is not installed.
    """
    return library("torch", "torch")
