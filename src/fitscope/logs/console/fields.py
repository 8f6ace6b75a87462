"""What one printed line says: its epoch, its step, and names with their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fitscope.logs.console.counted import Counted, counted, counter_alone
from fitscope.logs.console.dictionaries import flat, printed_dictionary
from fitscope.logs.console.programs import of_programs
from fitscope.logs.console.spelled import OF_ROWS, spelled
from fitscope.logs.direction import higher_is_better, measures_nothing
from fitscope.logs.fold_deviations import PRINTED
from fitscope.logs.grouped_digits import without_groups
from fitscope.logs.names import PARTS, ROW_KEYS, Part, meaning
from fitscope.logs.table import EPOCHS, ROUNDS, STEPS

NUMBER = re.compile(
    r"(?<![\w@.\-+/])(?!\d+_[a-z])"  # "16_l2" is a name
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
    r"|[-+]?(?:nan|inf|infinity)\b)"
    r"(?:\s*/\s*(?P<of>\d+(?:\.\d+)?))?"
    r"(?:\s*\(\s*(?P<running>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|nan)\s*\))?"
    r"(?P<percent>\s?%)?(?P<unit>\s?(?:[mµun]?s|secs?|seconds?|mins?|minutes?|h|hours?|[kmg]i?b"
    r"|[a-z]{1,12}/s(?:ec)?|s/[a-z]{1,12})\b(?!\s*[:=]))?",
    re.IGNORECASE,
)
OVER_FOLDS = re.compile(r"\s?(?:\+|±|\+/-)\s?(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
DECIMAL_COMMA = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?!\d)")
DECIMAL_POINT = re.compile(r"\d\.\d")
OF_BAR = re.compile(r"[\s|]*\d+/\d+")
COUNTER = re.compile(r"(?:^\W*|[\[(]\s*|\|\s*(?=\d+/\d+\s*\|))(?P<at>\d+)\s*(?:/\s*(?P<of>\d+)|%)")
NAME_ENDS = re.compile(r"[,;，；。|\t{}\[\]()·•]|\s[-–—]\s|\.\s|\s{2,}")
OF_PART = re.compile(  # "loss=0.5, stage=valid"
    rf"\b(?:{'|'.join(ROW_KEYS)})\s?[=:]\s?['\"]?([a-z]+)\b(?!\s?[=:])", re.IGNORECASE
)
IN_BRACKETS = re.compile(r"\[\d+[\]/]")
UNITS = frozenset(
    (
        *("in", "at", "for", "after", "it", "x", "epoch", "iteration"),
        *("s", "ms", "us", "sec", "min", "m", "h", "k", "g", "mb", "gb"),
    )
)
REMARK = re.compile(r"\s*\([^()]*\)(\s*[:=])$")  # "Loss (scaled): 0.5"
CLAUSES = re.compile(r"[,;|:]\s")
DIGITS = re.compile(r"\d+")
LETTER = re.compile(r"[^\W\d_]")
FILLERS = re.compile(r"^(?:and|with|und|et|the|a|is|of|wird|war)\s+|\s+(?:is|of|was|=>|->)$")
LONGEST_NAME = 80
MOST_WORDS = 12  # of a sentence that says what is done next: "Now we evaluate on the dev set"
DONE = frozenset(
    ("done", "finished", "took", "saved", "end", "ended", "complete", "completed", "time")
)
DOING = ("eval", "evaluate", "evaluating", "evaluation", "validating")
SHOWN = {"train": "Train", "validation": "Val", "test": "Test"}


@dataclass
class Said(Counted):
    """What a line says, and where it stands.

    Attributes:
        count: a number at its beginning that may stand for an epoch.
        counted: it has a counter of batches or a share, perhaps a full one.
        full_bar: what a counter of batches that is full counts to.
        tabled: it is a row of a table.
        values: name to value, and whether that is a running mean.
    """

    count: float | None = None
    counted: bool = False
    full_bar: str = ""
    tabled: bool = False
    values: dict[str, tuple[float, bool]] = field(default_factory=dict)


def said(line: str) -> Said:
    """Take a cleaned line apart.

    Example:
        >>> found = said("Epoch 3/10, Train Loss: 0.52, Val Loss: 0.61, Val Acc: 54.00%")
        >>> found.epoch, {name: value for name, (value, _) in found.values.items()}
        (3.0, {'Train Loss': 0.52, 'Val Loss': 0.61, 'Val Acc': 54.0})
        >>> said("Test:  [0/5]  loss: 1.28 (1.31)").values
        {'Test loss': (1.31, True)}
        >>> said("LOSS train 0.5 valid 0.6").values
        {'LOSS train': (0.5, False), 'valid LOSS': (0.6, False)}
    """
    line = of_programs(line)
    if "{" in line and (document := printed_dictionary(line)) is not None:
        before = line[: line.index("{")]
        found = said(before) if before.strip() else Said()
        _of_document(found, document, _heading(before))
        return found
    line = spelled(without_groups(line))
    found = Said()
    rest = counted(line, found)
    if "(" in rest:
        rest = OF_ROWS.sub(lambda m: f" {m[1]} " if m[1].lower() in PARTS else m[0], rest)
    for counter in COUNTER.finditer(rest):
        found.counted = True
        full = counter["at"] == (counter["of"] or "100")
        found.progress |= not full
        found.full_bar = counter["of"] or "" if full else found.full_bar
    _values(found, rest)
    parts = {meaning(name).part for name in found.values}
    if {"train"} < parts:
        if found.epoch is None and found.step is None and found.round is None:
            found.count = counter_alone(line)
    elif found.epoch is not None and found.step is not None and parts <= {"train", None}:
        found.progress |= not found.full  # a batch, without a word of how many there are
    return found


def _heading(text: str) -> Part | None:
    """The part that the words before a dictionary name: "dev", "epoch 3, eval result"."""
    words = CLAUSES.split(text.strip(" :=|"))[-1]
    known = meaning(DIGITS.sub("", words))
    alone = not (known.metric or known.by_step)
    return known.part if alone else PARTS.get(words.rpartition(" ")[2].lower())


def tabled(cells: Mapping[str, float]) -> Said:
    """What a row of a table says.

    Args:
        cells: name of a column to its number.
    """
    found = Said(tabled=True)
    for name, value in cells.items():
        lower = name.strip("% #").lower()
        if lower in EPOCHS:
            found.epoch = value
        elif lower in ROUNDS:
            found.round = value
        elif lower in STEPS:
            found.step = value
        else:
            found.values[name] = (value, False)
    return found


def _values(found: Said, line: str) -> None:
    """The names and values of a line, and the part that it names first."""
    at = 0
    if ("=" in line or ":" in line) and (told := OF_PART.search(line)) and told[1].lower() in PARTS:
        found.part = PARTS[told[1].lower()]
        line = f"{line[: told.start()]} , {line[told.end() :]}"
    part = found.part
    metric = before_it = ""
    decimal = DECIMAL_POINT.search(line) is None and DECIMAL_COMMA.search(line) is not None
    for number in NUMBER.finditer(line):
        section, metric_said, name = _name(line[at : number.start()])
        at = number.end()
        text, of, running, percent, unit = number.groups()
        part, metric = section or part, metric_said or metric
        if not name or unit or name.lower() in UNITS:
            continue
        own = meaning(name)
        if not own.metric and own.by_step:  # "Val steps 16"
            continue
        if own.part and not own.metric and IN_BRACKETS.match(line, number.start() - 1):
            part = own.part  # "Test: [3][1/10]"
            continue
        counter = of is not None and running is None
        counter |= percent is not None and OF_BAR.match(line, at) is not None
        if own.part is not None and not own.metric and not own.by_step and not counter:
            name = f"{name} {metric or _shared_metric(before_it)}".strip()
            part = found.part
        elif own.part is not None and _is_apart(name) and not measures_nothing(own.metric):
            part = own.part
        before_it = name
        if counter and own.metric != "accuracy":
            continue
        if own.part is None and part is not None:
            name = f"{SHOWN[part]} {name}"
        if name not in found.values:
            found.values[name] = (_value(text, of, running, decimal), running is not None)
        if found.round is not None and (apart := OVER_FOLDS.match(line, at)):
            found.values.setdefault(f"{name}{PRINTED}", (float(apart[1]), False))
            at = apart.end()
    found.part = part or found.part or (None if found.values else only_part(line))


def _shared_metric(name: str) -> str:
    """Of "LOSS train" what the next value shares: "LOSS"."""
    first, _, last = name.rpartition(" ")
    return first if last.lower() in PARTS and meaning(name).metric else ""


@lru_cache(maxsize=1024)  # lines of a program are alike
def _name(text: str) -> tuple[Part | None, str, str]:
    """The part and the metric that words before say, and the name right before a value."""
    text = REMARK.sub(r"\1", text.rstrip().rstrip("[(").rstrip())
    stripped = text.rstrip(" :=\"'>~≈：|").rstrip(" -–—")
    pieces = NAME_ENDS.split(stripped)
    name = pieces[-1].strip(" \"':=*#<>~@$\\-–—")
    section: Part | None = None
    metric = ""
    words = re.split(r"[:：]\s", name)
    for words_before in (*pieces[:-1], *words[:-1]):
        section = only_part(words_before, alone=True) or section
        metric = _only_metric(words_before) or metric
    name = re.split(r"\s['\"]", words[-1])[-1].strip()
    if not LETTER.search(name) or len(name) > LONGEST_NAME or len(name.split()) > 6:
        return section, metric, ""
    return section, metric, FILLERS.sub("", FILLERS.sub("", name))


def only_part(text: str, alone: bool = False) -> Part | None:
    """The part that a few words name and nothing else: "Test set", "Validation results".

    Args:
        text: the words.
        alone: no value follows them, so that they may name a metric, too.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    named = [word for word in words if word in PARTS]
    named = [word for word in named if word not in DOING] or named  # "Evaluating test"
    plain = alone or not any(word.endswith(("loss", "acc")) for word in words)
    doing = len(words) <= MOST_WORDS and any(w in DOING for w in words) and not DONE & {*words}
    short = len(words) <= 4 or (doing and not alone)
    return PARTS[named[0]] if named and short and plain else None


def _only_metric(text: str) -> str:
    """A known metric that stands for itself: "Loss" in "Loss: train 0.5, val 0.6"."""
    word = text.strip(" :-*#")
    known = word.isalpha() and meaning(word).part is None
    return word if known and higher_is_better(meaning(word).metric) is not None else ""


@lru_cache(maxsize=1024)
def _is_apart(name: str) -> bool:
    """Whether the word for the rows stands apart, as in "Train Loss", and so goes for the rest."""
    return any(word.lower() in PARTS for word in name.split())


def _value(text: str, of: str | None, running: str | None, decimal: bool) -> float:
    if running is not None and running.startswith("-") and not text.startswith("-"):
        running = None  # a change and not a mean
    if running is not None:
        return float(running) if of is None else float(text) / float(of)
    if "," in text:
        whole, _, rest = text.partition(",")
        thousands = "." in rest or rest.count(",") or (len(rest) == 3 and whole.strip("+-") != "0")
        text = text.replace(",", "" if thousands and not decimal else ".")
    value = float(text)
    if of is not None and float(of) > 0:
        return value / float(of)
    return value


def _of_document(found: Said, document: Mapping[str, Any], heading: Part | None) -> None:
    of_rows = (
        meaning(str(document.get(key))) for key in ("_type", "type", *ROW_KEYS) if key in document
    )
    part = next((m.part for m in of_rows if m.part and not m.metric), heading)
    for name, value in flat(document):
        lower = name.lower()
        if part is not None and meaning(name).part is None and lower != "epoch":
            name = f"{SHOWN[part]} {name}"
        if lower.rpartition("/")[2] in ("epoch", "epochs_done"):
            found.epoch = value
        elif lower in ("step", "global_step", "iter", "iteration", "_step"):
            found.step = value
        else:
            found.values[name] = (value, False)
