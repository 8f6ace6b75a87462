"""Markdown tables, and the shares in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column holds words, the others numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def share(found: Sequence[float]) -> str:
    """A share, or a mean of shares, with its standard error, of which none is told of nothing."""
    if not found:
        return ""
    error = float(np.std(found)) / len(found) ** 0.5
    return f"{100 * float(np.mean(found)):.1f} ± {100 * error:.1f} %"
