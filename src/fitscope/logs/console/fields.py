"""What one printed line says: its epoch, its step, and names with their values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitscope.logs.names import PARTS, Part, meaning

NUMBER = re.compile(
    r"(?<![\w@.\-+/])"
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
    r"|[-+]?(?:nan|inf|infinity)\b)"
    r"(?:\s*/\s*(?P<of>\d+(?:\.\d+)?))?"
    r"(?:\s*\(\s*(?P<running>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|nan)\s*\))?"
    r"(?P<percent>\s?%)?",
    re.IGNORECASE,
)
EPOCH = re.compile(
    r"(?<![\w])(?:epoch|epochs(?=\W+\d+\s*/)|epoche|época|epoca|époque|эпоха|ep)(?:\s*\(\s*(?P<part>\w+)\s*\))?"
    r"[\s:=#\[\]\"'(]*(?:num(?:ber)?[\s:=]*)?(?P<epoch>\d+(?:\.\d+)?)"
    r"(?:\s*\]?\s*(?:/|of)\s*\d+)?[\])]?",
    re.IGNORECASE,
)
EPOCH_OF_TIMM = re.compile(r"^(?=Train)(?P<part>Train): (?P<epoch>\d{1,9}) (?=\[)")
EPOCH_BEHIND = re.compile(r"第?\s*(?P<epoch>\d{1,9})\s*(?:轮|个epoch|エポック)")
STEP = re.compile(
    r"(?<![\w])(?:global[_ ]?steps?|steps?|iter(?:ation)?s?|batch(?:es)?|it|rounds?)"
    r"[\s:=#\[\]\"'(]*(?P<step>\d+)(?:\s*(?:/|of)\s*(?P<last>\d+))?[\])]?",
    re.IGNORECASE,
)
ROUND = re.compile(r"^\[(?P<round>\d+)\](?=\s)|^(?P<cat>\d+):(?=\s+learn:)")
OF_CATBOOST = re.compile(r"\s(?:best|total|remaining):")
COUNTER = re.compile(r"(?:^\W*|[\[(]\s*)(?P<at>\d+)\s*(?:/\s*(?P<of>\d+)|%)")
OF_COCO = re.compile(
    r"Average (?:Precision|Recall)\s+\((AP|AR)\) @\[ IoU=([\d.:]+)\s*\| area=\s*(\w+)\s*\| "
    r"maxDets=\s*(\d+)\s*\] = "
)
OF_IMAGES = re.compile(
    r"Accuracy (?:of the \w+ )?on (?:the )?(?:\d+ )?(test|validation|val|train\w*)\b[^:\d]*:?",
    re.IGNORECASE,
)
WRAPPED = re.compile(r"tensor\(|np\.float\d+\(|\*\*|`")
OF_THRESHOLDS = re.compile(r"(?<=\d\.\d):(?=\d\.\d)")  # mAP@0.5:0.95
OF_ROWS = re.compile(r"\((train\w*|val\w*|test\w*|dev|eval)\)", re.IGNORECASE)
NAME_ENDS = re.compile(r"[,;|\t{}\[\]()·•]|\s[-–—]\s|\.\s|\s{2,}")
NOT_NOW = re.compile(
    r"(?:best|total|max|maximum|num|number of|warm-?up|from|resum\w*|every|of|patience|until)\W*$",
    re.IGNORECASE,
)
UNITS = frozenset(("s", "ms", "us", "it", "m", "h", "min", "sec", "mb", "gb", "g", "k", "x"))
LETTER = re.compile(r"[^\W\d_]")
NESTED = 4  # how deep a printed dictionary is looked into


@dataclass
class Said:
    """What a line says.

    Attributes:
        epoch: the epoch that it names.
        step: the step or batch that it names.
        round: the boosting round at its beginning.
        part: the rows that its first words name, for what follows.
        progress: it is about a part of an epoch: a counter of batches or a share is in it.
        counted: it has such a counter, perhaps a full one.
        values: name to value, and whether that is a running mean.
    """

    epoch: float | None = None
    step: float | None = None
    round: float | None = None
    part: Part | None = None
    progress: bool = False
    counted: bool = False
    values: dict[str, tuple[float, bool]] = field(default_factory=dict)


def said(line: str) -> Said:
    """Take a cleaned line apart.

    Example:
        >>> found = said("Epoch 3/10, Train Loss: 0.52, Val Loss: 0.61, Val Acc: 54.00%")
        >>> found.epoch, {name: value for name, (value, _) in found.values.items()}
        (3.0, {'Train Loss': 0.52, 'Val Loss': 0.61, 'Val Acc': 54.0})
        >>> said("Test:  [0/5]  loss: 1.28 (1.31)").values
        {'Test loss': (1.31, True)}
    """
    found = Said()
    if "{" in line and (document := _document(line)) is not None:
        before = line[: line.index("{")]
        found = said(before) if before.strip() else found
        _of_document(found, document)
        return found
    if "Accuracy" in line:
        line = OF_IMAGES.sub(lambda m: f"{m[1]} accuracy: ", line)
    if "IoU=" in line:
        line = OF_COCO.sub(lambda m: f" val/{m[1]}_{m[2].replace(':', '-')}_{m[3]}_{m[4]}: ", line)
    line = WRAPPED.sub("", line)
    line = OF_THRESHOLDS.sub("-", line)
    if head := ROUND.search(line):
        found.round = float(head["round"] or head["cat"])
        line = OF_CATBOOST.split(line[head.end() :])[0] if head["cat"] else line[head.end() :]
    epoch = EPOCH.search(line) or EPOCH_OF_TIMM.search(line) or EPOCH_BEHIND.search(line)
    if epoch and not NOT_NOW.search(line[: epoch.start()]):
        found.epoch = float(epoch["epoch"])
        part = epoch.groupdict().get("part") or ""
        found.part = PARTS.get(part.lower())
        line = f"{line[: epoch.start()]} , {line[epoch.end() :]}"
    if "(" in line:
        line = OF_ROWS.sub(r" \1 ", line)
    if step := STEP.search(line):
        found.step = float(step["step"])
        found.progress = step["last"] is not None and step["step"] != step["last"]
        line = f"{line[: step.start()]} , {line[step.end() :]}"
    for counter in COUNTER.finditer(line):
        found.counted = True
        found.progress |= counter["at"] != (counter["of"] or "100")
    at = 0
    part = found.part
    for number in NUMBER.finditer(line):
        before = line[at : number.start()]
        at = number.end()
        section, name = _name(before)
        part = section or part
        if not name or name.lower() in UNITS:
            continue
        own = meaning(name)
        if own.part is not None and _is_apart(name):
            part = own.part
        if number["of"] is not None and number["running"] is None and own.metric != "accuracy":
            continue
        if own.part is None and part is not None:
            name = f"{'Train' if part == 'train' else 'Test' if part == 'test' else 'Val'} {name}"
        found.values.setdefault(name, (_value(number), number["running"] is not None))
    found.part = part or found.part or (None if found.values else _only_part(line))
    return found


def _name(text: str) -> tuple[Part | None, str]:
    """The part that words before the name say, and the name that stands right before a value."""
    text = text.rstrip().rstrip("[(").rstrip()
    stripped = text.rstrip(" :=\"'>~≈")
    pieces = NAME_ENDS.split(stripped)
    name = pieces[-1].strip(" \"':=*#<>~@$\\-–—")
    section: Part | None = None
    words = re.split(r":\s", name)
    for words_before in (*pieces[:-1], *words[:-1]):
        section = _only_part(words_before) or section
    name = words[-1].strip()
    if not LETTER.search(name) or len(name) > 60 or len(name.split()) > 6:
        return section, ""
    name = name.removeprefix("and ").removeprefix("with ").removesuffix(" is").removesuffix(" of")
    return section, name


def _only_part(text: str) -> Part | None:
    """The part that a few words name and nothing else: "Test set", "Validation results"."""
    words = re.findall(r"[a-z]+", text.lower())
    named = [word for word in words if word in PARTS]
    short = len(words) <= 4 and not any(word.endswith(("loss", "acc")) for word in words)
    return PARTS[named[0]] if named and short else None


def _is_apart(name: str) -> bool:
    """Whether the word for the rows stands apart, as in "Train Loss", and so goes for the rest."""
    return any(word.lower() in PARTS for word in name.split())


def _value(number: re.Match[str]) -> float:
    if number["running"] is not None:
        value = float(number["running"])
        return value if number["of"] is None else float(number["number"]) / float(number["of"])
    text = number["number"]
    if "," in text:
        whole, _, rest = text.partition(",")
        thousands = "." in rest or rest.count(",") or (len(rest) == 3 and whole.strip("+-") != "0")
        text = text.replace(",", "" if thousands else ".")
    value = float(text)
    if number["of"] is not None and float(number["of"]) > 0:
        return value / float(number["of"])
    return value


def _document(line: str) -> Mapping[str, Any] | None:
    """A dictionary that was printed as JSON, or by Python."""
    text = line[line.index("{") : line.rindex("}") + 1] if "}" in line else ""
    for spelled in (text, text.replace("'", '"').replace("None", "null")):
        try:
            found = json.loads(spelled.replace(": nan", ": NaN").replace(": inf", ": Infinity"))
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def _of_document(found: Said, document: Mapping[str, Any]) -> None:
    for name, value in _flat(document, "", NESTED):
        lower = name.lower()
        if lower == "epoch":
            found.epoch = value
        elif lower in ("step", "global_step", "iter", "iteration", "_step"):
            found.step = value
        else:
            found.values[name] = (value, False)


def _flat(document: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, float]]:
    for key, value in document.items():
        if isinstance(value, dict) and depth:
            yield from _flat(value, f"{above}{key}/", depth - 1)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            try:
                yield f"{above}{key}", float(value)
            except OverflowError:
                yield f"{above}{key}", math.inf
        elif isinstance(value, str):  # newer Trainers print their figures as text
            try:
                yield f"{above}{key}", float(value)
            except ValueError:
                continue
