"""Curves from printed text."""

from __future__ import annotations

import re
from array import array
from itertools import pairwise

import numpy as np

from fitscope.logs.axes import is_known, plain_name
from fitscope.logs.console.afterwards import BEST, along, by_evaluations, directed
from fitscope.logs.console.dictionaries import printed_lists
from fitscope.logs.console.entries import LONGEST_SAID
from fitscope.logs.console.fields import SHOWN, Said, said, tabled
from fitscope.logs.console.gathered import Points, Told
from fitscope.logs.console.tables import Header, behind_margin, by_bars, header, more_of_header, row
from fitscope.logs.direction import measures_nothing
from fitscope.logs.fold_deviations import PRINTED
from fitscope.logs.log import LEFT_OUT, Log, Logged
from fitscope.logs.names import Part, meaning

MOST_NAMES = 500  # names that are followed; text without an end invents ever new ones
OUTRANKED = {"epoch": ("step", "count"), "step": ("count",), "round": ("count",)}
SAME = 1e-3  # relative difference of a value that was told twice, rounded
DIGIT = re.compile(r"\d")
ON_ROWS = re.compile(
    r"\breporting (?:errors|metrics|losses) on (?:the )?(?P<rows>validation|test)\b"
    r"|\bnb devel: +[1-9]",  # of Wapiti, whose errors are of these rows, if there are any
    re.IGNORECASE,
)
AFTERWARDS_TOLD = re.compile(r"\s+\w+\s+=\s")
PLAIN_NUMBER = re.compile(r"(?:-\s)?[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?")


class Printed:
    """Gathers what printed lines say.

    Values belong to the epoch that was named last. A line about a part of an epoch counts only
    where no line speaks of the whole: then running means give their last value, others a mean.

    Args:
        by_step: steps count where they stand beside epochs.
    """

    def __init__(self, by_step: bool = False) -> None:
        self.steps_seen = 0  # that lines of an epoch, or in one, named
        self.steps_rise = True  # from epoch to epoch, too
        self.overwritten = 0  # values of validation rows, by a later step's of the same epoch
        self._last_step = 0.0
        self._by_step = by_step
        self.kind: str | None = None  # "epoch", "step", "round" or "count"
        self._place: float | None = None
        self._step: float | None = None  # beside an epoch, in the rows of a table
        self._part: Part | None = None
        self._headed = False  # the part was named by a line without values
        self._again = False  # the place was named more than once
        self._told: dict[str, Told] = {}
        self._curves: dict[str, Points] = {}
        self._lists: dict[str, list[float]] = {}  # whole curves, printed at the end
        self._header: Header | None = None
        self._fresh = False  # the header was the line before
        self._name = ""  # what stood alone on a line and ended in a colon
        self._row = 0
        self._signs = self._unread = 0
        self._whole: set[str] = set()  # what was told of whole epochs
        self._marks: list[float] = []
        self._after = False  # Trainer's summary of a fit, behind it
        self._reported = ""  # the rows of all that is said, where no value has a word for its own
        self._totals: list[str] = []  # of full bars in this place, the second of which evaluates
        self._second: set[str] = set()  # names of what these bars said
        self._repeats = False  # the next line says again what was best

    def add(self, bare: str, line: str) -> None:
        """Take in one more line: without colours, and cleaned."""
        self._row += 1
        self._signs += len(bare)
        if bare.startswith("[CV "):  # a candidate of a search
            return
        if self._repeats or "best iteration" in bare.lower():
            self._repeats = not self._repeats
            return
        if self._after and AFTERWARDS_TOLD.match(bare):
            return
        self._after = "metrics *****" in bare
        if ("reporting" in bare or "nb devel" in bare) and (found := ON_ROWS.search(bare)):
            self._reported = (found["rows"] or "validation").capitalize()
        if self._takes_as_table(bare):
            return
        if "[" in bare and (lists := printed_lists(bare)):
            self._lists |= lists
        else:
            self._unread += max(len(bare.rstrip()) - LONGEST_SAID, 0)
        if DIGIT.search(line) or "nan" in line:
            if self._name and PLAIN_NUMBER.fullmatch(line):
                line = f"{self._name}: {line.removeprefix('- ')}"
            self._take(said(line))
        elif len(line) < 60:
            heading = said(line)
            if heading.part is not None:
                self._part, self._headed = heading.part, True
            self._name = line if bare.rstrip().endswith(":") else ""

    def _takes_as_table(self, bare: str) -> bool:
        """Whether a line is a table's header or one of its rows, which then is taken in."""
        bare = by_bars(behind_margin(bare))
        if self._header is not None and (cells := row(bare, self._header)) is not None:
            self._fresh = False
            self._take(tabled(cells))
            return True
        if self._fresh and self._header is not None:
            self._fresh = False
            if (whole := more_of_header(self._header, bare)) is not None:
                self._header = whole
                return True
        if names := header(bare):
            self._header, self._fresh = names, True
            return True
        return False

    def log(self, source: str) -> Log:
        """The curves of all lines until now."""
        late = self._marks_are_late()
        self._flush()
        parts = {name: meaning(name).part for name in self._curves}
        if self._reported and not {"validation", "test"} & {*parts.values()}:
            self._curves = {
                n if parts[n] else f"{self._reported} {n}": one for n, one in self._curves.items()
            }
        once = {n for n in self._second & {*self._curves} if len(self._curves[n].values) < 2}
        self._curves = {n: one for n, one in self._curves.items() if n not in once}
        curves = {}
        for name, curve in self._curves.items():
            if self._is_of_parts(name):
                continue
            values, rows = np.array(curve.values), np.array(curve.rows)
            places = self._moved(curve) if late else np.array(curve.places)
            known = np.isfinite(places)
            if self.kind is not None and known.any():
                values, rows, places = values[known], rows[known], places[known]
                steps = np.array(curve.steps)[known]
                by_epoch = places if self.kind != "step" else None
                by_step = places if self.kind == "step" else steps
                found = np.isfinite(by_step).all()
                curves[name] = Logged(values, by_epoch, by_step if found else None, rows)
            elif self.kind is None:
                curves[name] = Logged(values, rows=rows)
        curves |= self._listed(curves)
        curves = directed(curves) if self.kind == "round" else curves
        if self.kind is None and (found := along(curves)):
            axis, curves = found
            return Log(source, curves, axis.step, (*axis.notes, *self._notes()))
        if self.kind is None and (counted := by_evaluations(curves)):
            note = "nothing numbers the epochs: evaluations are counted, from 1"
            return Log(source, counted, notes=(note, *self._notes()))
        return Log(source, curves, "round" if self.kind == "round" else "epoch", self._notes())

    def _notes(self) -> tuple[str, ...]:
        if not self._unread:
            return ()
        of = f"{self._unread:,} of {self._signs:,} signs"
        return (f"{of}, each behind {LONGEST_SAID:,} others of its line or epoch{LEFT_OUT}",)

    def _listed(self, curves: dict[str, Logged]) -> dict[str, Logged]:
        """Curves that were printed as lists, if they say more of validation rows than the lines."""
        longest = {"lines": 0, "lists": 0}
        told = [("lines", name, len(curve.values)) for name, curve in curves.items()]
        told += [("lists", name, len(values)) for name, values in self._lists.items()]
        for way, name, count in told:
            if meaning(name).part in ("validation", "test"):
                longest[way] = max(longest[way], count)
        if longest["lists"] <= longest["lines"]:
            return {}
        return {name: Logged(np.array(values)) for name, values in self._lists.items()}

    def _is_of_parts(self, name: str) -> bool:
        """Whether a curve is of batches, and another one of the same is of whole epochs."""
        known = meaning(name)
        if name in self._whole or known.part not in ("train", None):
            return False
        return any(
            (other := meaning(one)).metric == known.metric and other.part in ("train", None)
            for one in self._whole
        )

    def _marks_are_late(self) -> bool:
        """Whether each epoch is named behind its values: some before the first, none at the end."""
        if self.kind != "epoch" or len(self._marks) < 2 or np.any(np.diff(self._marks) <= 0):
            return False
        measured = [n for n in self._curves if meaning(n).part in ("validation", "test")]
        before = any(np.isnan(self._curves[name].places[0]) for name in measured)
        return before and not any(name in self._told for name in measured)

    def _moved(self, curve: Points) -> np.ndarray:
        """Places of values that came before the name of their epoch."""
        following = dict(pairwise([np.inf, *self._marks]))
        places = np.nan_to_num(np.array(curve.places), nan=np.inf)
        return np.array([following.get(place, np.nan) for place in places.tolist()])

    def _take(self, found: Said) -> None:
        self._move(found)
        if not found.values:
            if found.part is not None:
                self._part, self._headed = found.part, True
            return
        parts = {meaning(name).part for name in found.values} - {None}
        apart = found.counted and bool(parts - {"train"})  # a bar with "loss=0.5, val_loss=0.6"
        inherits = self._part is not None and not apart and (self._headed or not found.progress)
        if self.kind == "count" and found.count is not None:
            found.progress = False
        evaluates = self._is_second_bar(found)
        if (
            self._again
            and not found.progress
            and not evaluates
            and self._contradicts(found, inherits)
        ):
            self._flush()
        both = bool(parts - {"train"}) and len(found.values) > 1
        for name, (value, running) in found.values.items():
            known = meaning(name)
            placing = self.kind is None and is_known(plain_name(name))  # a setting tried in turn
            nothing = measures_nothing(known.metric) and not placing
            if nothing and name != BEST and not name.endswith(PRINTED):
                continue
            name = self._named(name, inherits)
            if evaluates:
                name = f"Val {name}"
                self._second.add(name)
            if name not in self._told and len(self._told) >= MOST_NAMES:
                continue
            told = self._told.setdefault(name, Told())
            if told.named and known.part is None:  # of rows that another line has only hinted at
                continue
            if found.progress:
                self.overwritten += bool(told.count) and known.part in ("validation", "test")
                told.last, told.running = value, running or told.running
                told.total, told.count = told.total + value, told.count + 1
            elif not ((told.plain and found.counted) or (told.final and not both)):
                if told.whole is not None and told.step != self._last_step:
                    self.overwritten += known.part in ("validation", "test")
                told.whole, told.plain, told.final = value, not found.counted, both
                told.step, told.named = self._last_step, known.part is not None
                if len(self._whole) < MOST_NAMES:
                    self._whole.add(name)
        if found.part is not None and len(parts) < 2:
            self._part, self._headed = found.part, found.progress
        if self.kind is None:
            self._flush()

    def _is_second_bar(self, found: Said) -> bool:
        """Whether a bar is full, and not the first one of its epoch: no word is for its rows."""
        if not found.full_bar or self._part is not None or self.kind != "epoch":
            return False
        if any(meaning(name).part for name in found.values):
            return False
        if found.full_bar not in self._totals:
            self._totals.append(found.full_bar)
        known = {n for n in (*self._curves, *self._told) if meaning(n).part is not None}
        return found.full_bar != self._totals[0] and not known - self._second

    def _named(self, name: str, inherits: bool) -> str:
        """A name with the part that a line before it named."""
        if inherits and self._part is not None and meaning(name).part is None:
            return f"{SHOWN[self._part]} {name}".strip()
        return name.strip()

    def _contradicts(self, found: Said, inherits: bool) -> bool:
        """Whether a whole value of validation rows was told of this place before, another one."""
        for said_name, (value, _) in found.values.items():
            name = self._named(said_name, inherits)
            before = self._told.get(name)
            if before is None or before.whole is None or before.step != self._last_step:
                continue
            if meaning(name).part in ("validation", "test") and not np.isclose(
                value, before.whole, rtol=SAME, equal_nan=True
            ):
                return True
        return False

    def _move(self, found: Said) -> None:
        """Go to the epoch, round or step that a line names."""
        if self._by_step:
            found.epoch = None
        elif found.step is not None and (found.epoch is not None or self.kind == "epoch"):
            self.steps_seen += 1
            self.steps_rise &= found.step >= self._last_step
            self._last_step = found.step
        named = (
            *(("epoch", found.epoch), ("round", found.round)),
            *(("step", found.step), ("count", found.count)),
        )
        for kind, place in named:
            if place is None:
                continue
            if self.kind == kind or self.kind is None or self.kind in OUTRANKED.get(kind, ()):
                if kind != self.kind:
                    self._begin(kind)
                if place != self._place or not self._headed:
                    self._part = None
                step = found.step if found.tabled and kind == "epoch" else None
                self._again = (place, step) == (self._place, self._step)
                if not self._again:
                    self._flush()
                    self._totals = []
                    self._place, self._step = place, step
                    self._marks.append(place)
                elif kind == "count":  # a bar over epochs shows the next one's before it moves on
                    found.values = {n: v for n, v in found.values.items() if n not in self._told}
                return
            if kind == "step" and not found.full:  # within an epoch
                found.progress = True
            if found.part is None and not self._headed:
                self._part = None
            return

    def _begin(self, kind: str) -> None:
        """What was told before anything was counted is of no epoch."""
        self._told.clear()
        if self.kind is not None or kind == "epoch":
            for curve in self._curves.values():
                curve.places = array("d", [np.nan] * len(curve.places))
        self.kind = kind

    def _flush(self) -> None:
        place = np.nan if self._place is None else self._place
        step = np.nan if self._step is None else self._step
        for name, told in self._told.items():
            if name in self._curves or len(self._curves) < MOST_NAMES:
                curve = self._curves.setdefault(name, Points())
                curve.add(told.value(), place, step, self._row)
        self._told = {}
