"""Names of logs where many of them stand together."""

from __future__ import annotations

from collections.abc import Sequence

from fitscope.names import shown


def short_sources(sources: Sequence[str]) -> list[str]:
    """The sources on a line each, without the file or the folder that all of them share.

    Args:
        sources: of the runs that stand together in a table.

    Example:
        >>> short_sources(["logs/a.csv", "logs/b/c.csv"]), short_sources(["a.csv: 1", "a.csv: 2"])
        (['a.csv', 'b/c.csv'], ['1', '2'])
    """
    names = [shown(source, 400) for source in sources]
    for sign in (": ", "/"):
        starts = {name.rpartition(sign)[0] for name in names}
        if len(names) > 1 and len(starts) == 1 and "" not in starts:
            return [name.rpartition(sign)[2] for name in names]
    if len(names) > 1 and all("/" in name for name in names):
        parts = [name.split("/") for name in names]
        same = 0
        while len({tuple(p[: same + 1]) for p in parts}) == 1 and same + 1 < min(map(len, parts)):
            same += 1
        return ["/".join(p[same:]) for p in parts]
    return names
