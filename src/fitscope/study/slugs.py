"""Names of models and figures as names of files."""

from __future__ import annotations

import re
from collections.abc import Iterable


def slugs(names: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """Each name made safe for a file system, all of them different, and none of `others`.

    Letters, digits, dot, dash and underscore stay, in lower case; the rest becomes a dash.

    Example:
        >>> slugs(["Tiny", "tiny", "a/b", "模型"])
        ['tiny', 'tiny-2', 'a-b', 'model']
    """
    taken = set(others)
    found = []
    for name in names:
        base = re.sub(r"[^a-z0-9._-]+", "-", name.lower())[:60].strip("-.") or "model"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        found.append(slug)
    return found
