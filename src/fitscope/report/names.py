"""Model names, which may hold anything, made fit to be shown."""

from fitscope.study.names import shown

__all__ = ["shown"]
