"""Names, which may hold anything, made fit to be shown, one or several, and to name files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

MOST = 4
"""So many names are listed in a sentence; the others are counted."""
LONGEST = 80
"""Characters of a name where fewer do not tell it from others."""


def shown(name: str, width: int = 28) -> str:
    """The name on one line, without control characters, cut at `width` characters.

    Example:
        >>> shown("two\\nlines"), shown("abcdefgh", width=5)
        ('two lines', 'abcd…')
    """
    line = plain(name)
    return line if len(line) <= width else line[: width - 1] + "…"


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Names that a person may have meant, the likeliest first, at most three.

    Those that are written alike, or else the shortest that have all of it in them.

    Example:
        >>> nearest("Diagnos", ["guide", "diagnose"])
        ['diagnose']
        >>> nearest("cosine", ["cosine_decay_schedule", "linear_schedule"])
        ['cosine_decay_schedule']
    """
    import difflib

    small = {one.lower(): one for one in names}
    near = difflib.get_close_matches(name.lower(), small, n=3)
    within = sorted((one for one in small if name and name.lower() in one), key=len)[:3]
    return [small[one] for one in near or within]


def plain(text: str) -> str:
    """Text without signs that a terminal would obey and nobody see.

    Example:
        >>> plain("\\x1b[31mred\\n")
        ' [31mred '
    """
    return text if text.isprintable() else "".join(s if s.isprintable() else " " for s in text)


def typed(names: Iterable[str]) -> str:
    """Names as they are typed into a command, separated by commas.

    Example:
        >>> typed(["age", "income"]), typed(["pay, net"]), typed(["red\\x1b[31m"])
        ('age,income', "'pay, net'", "'red [31m'")
    """
    return shlex.quote(plain(",".join(names)))


def listed(names: Sequence[str], most: int | None = MOST, word: str = "and") -> str:
    """Names as a person lists them; those beyond `most` are counted.

    Names that would look alike once they are cut are shown at greater length.

    Args:
        names: as given.
        most: how many are named; None for all.
        word: before the last one.

    Example:
        >>> listed(["a"]), listed(["a", "b", "c"]), listed(list("abcdefg"))
        ('a', 'a, b and c', 'a, b, c and 4 more')
        >>> listed(["a", "b"], word="or"), listed([])
        ('a or b', '')
        >>> listed([f"forest min_samples_leaf=10 + {more}" for more in ("L1", "L2")])
        'forest min_samples_leaf=10 + L1 and forest min_samples_leaf=10 + L2'
    """
    told = [shown(name) for name in names]
    if len(set(told)) < len(set(names)):
        told = [shown(name, LONGEST) for name in names]
    if most is not None and len(told) > most:
        told = [*told[: most - 1], f"{len(told) - most + 1} more"]
    return joined(told, word)


def joined(parts: Sequence[str], word: str = "and") -> str:
    """Parts of a sentence, as they are and all of them.

    Example:
        >>> joined(["fewer layers", "more rows", "L2"], "or"), joined(["L2"]), joined([])
        ('fewer layers, more rows or L2', 'L2', '')
    """
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


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
