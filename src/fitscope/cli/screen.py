"""What commands say on the screen beside the views of the report floor."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitscope.data.describe import Description
    from fitscope.data.source import Source
    from fitscope.data.split import Split

BAR = "█"
WIDTH = 50
MOMENT = 2.0  # seconds for which nobody needs to be told anything


def introduce(split: Split) -> None:
    """Say which rows are used."""
    print(
        f"{len(split.y_validation):,} validation and {len(split.y_train):,} training rows of "
        f"{split.features} features, from {split.source}",
        flush=True,
    )


def print_description(found: Description, source: Source) -> None:
    """The first record and the histogram of all features, as text."""
    print(f"{found.rows:,} rows from {source}")
    print(f"first record: label {found.label}")
    for name, value in found.record.items():
        low, high = found.ranges[name]
        print(f"  {name:<26}{value:>12.7f}    first rows: {low:8.3f} to {high:7.3f}")
    print(f"\nall features of the first {found.rows:,} rows, {len(found.counts)} bins:")
    # A terminal line holds less than the most common value needs, so bars show the square root.
    most = max(found.counts) ** 0.5
    for count, low, high in zip(found.counts, found.edges, found.edges[1:], strict=False):
        bar = BAR * round(WIDTH * count**0.5 / most)
        print(f"  {low:7.2f} to {high:6.2f} {count:>7,} {bar}".rstrip())
    print("  (lengths of bars are square roots of counts)")


@contextmanager
def transfers() -> Iterator[tuple[Callable[..., None], Callable[..., None]]]:
    """Two callbacks `(done, total)` in bytes that show a download and a conversion.

    Bars with rate and time left on a terminal; elsewhere a plain line every tenth.
    """
    if not sys.stderr.isatty():
        yield _tenths("downloaded"), _tenths("converted")
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def bar(description: str) -> Callable[..., None]:
            task = bars.add_task(description, start=False, visible=False, total=None)

            def show(done: int, total: int | None) -> None:
                bars.start_task(task)
                bars.update(task, completed=done, total=total, visible=True)

            return show

        yield bar("downloading"), bar("converting")


@contextmanager
def simulation(rows: int) -> Iterator[Callable[[int, int], None]]:
    """A callback `(done, rows)` that shows how a simulation goes, and when it will be done.

    A bar on a terminal; elsewhere a plain line every tenth of `rows`.
    """
    if not sys.stderr.isatty():
        yield _counted()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("simulating"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,} events"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    ]
    start = time.monotonic()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=rows, rate="", visible=False)  # it may yet be refused

        def show(done: int, _: int) -> None:
            rate = done / max(time.monotonic() - start, 1e-9)
            bars.update(task, completed=done, rate=f"{rate:,.0f} a second", visible=True)

        yield show


@contextmanager
def rows_done() -> Iterator[Callable[[int, float], None]]:
    """A callback `(rows, share)` that shows how far a table has been gone through.

    A line on a terminal that goes when it is done; elsewhere a plain line every tenth. Nothing
    where it takes less than a moment; where the share is 0, nobody knows it.
    """
    if not sys.stderr.isatty():
        yield _lines()
        return
    began = time.monotonic()

    def show(rows: int, share: float) -> None:
        seconds = time.monotonic() - began
        if seconds > MOMENT:
            print(f"\r{_gone(rows, share, seconds)}\x1b[K", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if time.monotonic() - began > MOMENT:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _lines() -> Callable[[int, float], None]:
    began, shown = time.monotonic(), 0

    def show(rows: int, share: float) -> None:
        nonlocal shown
        seconds = time.monotonic() - began
        step = int(10 * share) if share else int(seconds / 10)
        if seconds > MOMENT and step > shown:
            shown = step
            print(_gone(rows, share, seconds), file=sys.stderr, flush=True)

    return show


def _gone(rows: int, share: float, seconds: float) -> str:
    if not share:
        return f"predicted {rows:,} rows in {seconds:,.0f} s"
    return f"predicted {rows:,} rows, {share:.0%}, {_rest(share, seconds)}"


def _rest(share: float, seconds: float) -> str:
    """The time that is left, or that it took."""
    left = seconds * (1 - share) / share
    return f"about {left:,.0f} s left" if share < 1 else f"{seconds:,.0f} s"


def _counted() -> Callable[[int, int], None]:
    start, shown = time.monotonic(), 0

    def show(done: int, rows: int) -> None:
        nonlocal shown
        tenth = 10 * done // rows
        if tenth > shown:
            shown = tenth
            rest = _rest(done / rows, time.monotonic() - start)
            print(f"simulated {done:,} of {rows:,} events, {rest}", file=sys.stderr, flush=True)

    return show


def _tenths(what: str) -> Callable[..., None]:
    shown = -1

    def show(done: int, total: int | None) -> None:
        nonlocal shown
        tenth = 10 * done // total if total else done // 100_000_000
        if tenth != shown:
            shown = tenth
            share = f" of {total / 1e6:,.0f}" if total else ""
            print(f"{what} {done / 1e6:,.0f}{share} MB", file=sys.stderr, flush=True)

    return show
