"""Tables for notebooks: plain HTML that takes its colours from the notebook's own theme."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

from fitscope.report.names import shown

CELL = "padding:.25em 1.2em .25em 0;white-space:nowrap;font-variant-numeric:tabular-nums;"
QUIET = "opacity:.7;"


def html_table(
    headings: Sequence[str], lines: Iterable[Sequence[str]], words: Collection[int] = (0,)
) -> str:
    """An HTML table: words stand left, numbers right.

    Args:
        headings: plain text, one a column.
        lines: cells as HTML.
        words: columns that hold words.
    """
    side = ["left" if column in words else "right" for column in range(len(headings))]
    head = "".join(
        f'<th scope="col" style="{CELL}{QUIET}text-align:{side[column]}">{escape(heading)}</th>'
        for column, heading in enumerate(headings)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{CELL}text-align:{side[column]}">{cell}</td>'
            for column, cell in enumerate(line)
        )
        + "</tr>"
        for line in lines
    )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:.5em 0">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def dotted(name: str, colour: str) -> str:
    """A model's name behind a dot of its colour, as HTML.

    Example:
        >>> dotted("<b>", "#3b94f7").endswith("&lt;b&gt;")
        True
    """
    dot = f"display:inline-block;width:.7em;height:.7em;border-radius:50%;background:{colour}"
    return f'<span style="{dot}" aria-hidden="true"></span> {escape(shown(name, 60))}'


def quiet(text: str) -> str:
    """A remark, as HTML."""
    return f'<div style="{QUIET}font-size:90%">{escape(text)}</div>'
