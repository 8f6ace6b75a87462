"""The folder that keeps fetched data."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder for fetched data, which need not exist yet.

    Returns:
        `FITSCOPE_CACHE` if that is set, else the platform's place for caches.

    Example:
        >>> os.environ["FITSCOPE_CACHE"] = "/data/fitscope"
        >>> cache_folder().as_posix()
        '/data/fitscope'
        >>> del os.environ["FITSCOPE_CACHE"]
    """
    if chosen := os.environ.get("FITSCOPE_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fitscope"
