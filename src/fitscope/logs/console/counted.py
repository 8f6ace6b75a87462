"""Where a printed line stands: the epoch, the step and the boosting round that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fitscope.logs.axes import is_known
from fitscope.logs.names import PARTS, Part

WHOLE = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+"
# (?=[^\W\d]): where no word begins none of the many is tried
EPOCH = re.compile(
    r"(?<!\w)(?=[^\W\d])(?:epoch|epochs(?=\W+\d+\s*/|:\d+\.\d)|epochs\s(?:seen|done)|epoche|epocha|epoka|epok|época|epoca|époque|epoque|epookki|эпоха|епоха|εποχή|dönem|エポック|에폭|ep)"
    r"(?:\s*\(\s*(?P<part>\w+)\s*\))?(?:\s+is\b)?[\s.:=#\[\]\"'(]*(?:(?:num(?:ber)?|id|no)\b[\s.:=]*)?(?P<epoch>\d+(?:\.\d+)?)(?!\.?\d*\s?(?:%|(?:m?s|secs?|seconds|minutes)\b(?!\s*[:=])))"
    r"(?:\s*\]?\s*(?:/|of\b|von\b|de\b|di\b|sur\b|из\b|van\b)\s*\d+|:\d+(?=\s*[-|,\])]))?[\])]?",
    re.IGNORECASE,
)
SHORT_EPOCH = re.compile(r"^\W*(?:E|e\s?[=:]\s?)(?P<epoch>\d{1,6})(?=\s*[|:,]|\s\w+\s?[=:])")
EPOCH_OF_TIMM = re.compile(r"^(?=Train)(?P<part>Train): \[?(?P<epoch>\d{1,9})(?:/\d+\])?\s?(?=\[)")
EPOCH_OF_BRACKETS = re.compile(  # "[3/24][7/400]", "[3: 7/400]"
    r"^\[(?P<epoch>\d{1,9})(?:/\d+\]\s*(?=\[\d+/\d+\])|:\s*(?=\d+/\d+\]))"
)
EPOCH_BEHIND = re.compile(
    r"(?:第\s*)?(?P<epoch>\d{1,9})\s*(?:/\s*\d+\s*)?"
    r"(?:轮|輪|个epoch|エポック|에폭|epoch(?=:| results))"
)
STEP = re.compile(
    r"(?<!\w)(?=[^\W\d])(?:global[_ ]?steps?|steps(?:_completed)?|step|iter(?:ation)?s?"
    r"|batch(?:es)?|it|rounds?|updates?|up\.)"
    rf"[\s:=#\[\]\"'(]*(?P<step>{WHOLE})(?P<k>k\b)?(?:\s*(?:/|of)\s*(?P<last>{WHOLE})k?)?[\])]?",
    re.IGNORECASE,
)
BARE_STEP = re.compile(r"\[\s*(?P<step>\d+)\](?=\s+[\w/@.-]+\s?=)")
COUNTING = re.compile(r"step|it|batch|round|update|up\.")  # what a step is not named without
STEP_BEHIND = re.compile(
    rf"^(?:\W|training\b)*(?P<step>{WHOLE})(?P<k>k)?(?:\s*(?:/|of)\s*(?P<last>{WHOLE}))?\s*"
    r"(?:steps|iterations|iters|updates)\b",
    re.IGNORECASE,
)
AFTER = re.compile(r"\bafter (?P<step>\d+) (?:batches|steps|iterations|updates)\b", re.IGNORECASE)
PART_OF_ITERATION = re.compile(r"\biter\((?P<part>\w+)\)\s*(?:\[\d+\])?", re.IGNORECASE)
ROUND = re.compile(
    r"^\[(?P<round>\d+)\]:?(?=\s+[^=]*:)|^(?P<cat>\d+):(?=\s+(?:learn|test):)"
    r"|^\[(?P<of>\d+)/\d+\](?=\s\d+\strees?,)"
    r"|^\D{0,30}\[(?P<named>\d+)\]:?(?=\s+(?:train|valid|eval|test|cv_agg)[\w']*\s?[\w-]*:)"
)
TREES = re.compile(r"\bnum[-_ ]trees:\s*(?P<count>\d+)")
OF_CATBOOST = re.compile(r"\s\(\d+\)|\s(?:total|remaining):.*")
ALONE = re.compile(
    r"^(?:(?P<word>[^\W\d]\w*):)?\W*(?:(?P<bar>\d{1,3}%)\D{0,80}?)?(?P<count>\d{1,9})(?:\s*/\s*\d+)?(?=[\s\]|:,)])"
)
BATCHES = re.compile(r"\b\d+-\d+batch")
NOT_NOW = re.compile(
    r"(?:best|total|max|maximum|num|number of|warm-?up|from|resum\w*|every|patience|until|at"
    r"|over|per|(?<!start )(?<!end )(?<!beginning )of)\W*$|(?:time|\bs|sec|ms|min|samples|steps)/$",
    re.IGNORECASE,
)


@dataclass
class Counted:
    """What a line is about.

    Attributes:
        epoch: the epoch that it names.
        step: the step or batch that it names.
        round: the boosting round at its beginning.
        part: the rows that its first words name, for what follows.
        progress: it is about a part of an epoch: a counter of batches or a share is in it.
        full: it has a counter of steps, and that is full.
    """

    epoch: float | None = None
    step: float | None = None
    round: float | None = None
    part: Part | None = None
    progress: bool = False
    full: bool = False


def counted(line: str, found: Counted) -> str:
    """Find where a line stands, and give the line without that.

    Args:
        line: the line, in the spelling that is read.
        found: what it says, which is filled in.

    Example:
        >>> found = Counted()
        >>> rest = counted("Epoch 3/10, step 5/20: loss 0.5", found)
        >>> found.epoch, found.step, found.progress, rest.replace(" ", "")
        (3.0, 5.0, True, ',,,:loss0.5')
        >>> counted("[12] train-rmse:0.5", found).strip(), found.round
        ('train-rmse:0.5', 12.0)
    """
    if head := ROUND.match(line):
        found.round = float(next(filter(None, head.groups())))
        line = line[head.end() :]
        if head["cat"]:
            line = OF_CATBOOST.sub("", line)
    elif "trees:" in line and (trees := TREES.search(line)):
        found.round = float(trees["count"])
        line = line[trees.end() :]
    if ("iter(" in line or "Iter(" in line) and (of := PART_OF_ITERATION.search(line)):
        found.part = PARTS.get(of["part"].lower())
        line = f"{line[: of.start()]} , {line[of.end() :]}"
    lower = line.lower()
    epoch = epoch_in(line)
    if epoch and not NOT_NOW.search(line[: epoch.start()]):
        found.epoch = float(epoch["epoch"])
        named = epoch.groupdict().get("part") or ""
        found.part = PARTS.get(named.lower()) or found.part
        line = f"{line[: epoch.start()]} , {line[epoch.end() :]}"
    step = BARE_STEP.match(line)
    if step is None and COUNTING.search(lower):
        step = STEP_BEHIND.match(line) or AFTER.search(line) or STEP.search(line)
    if step is not None:
        said = step.groupdict()
        found.step = _whole(said["step"]) * (1000 if said.get("k") else 1)
        last = said.get("last")
        found.full = last is not None and _whole(last) == _whole(said["step"])
        found.progress = last is not None and not found.full
        line = f"{line[: step.start()]} , {line[step.end() :]}"
    found.progress |= "batch" in line and BATCHES.search(line) is not None
    return line


def epoch_in(line: str) -> re.Match[str] | None:
    """Where a line names an epoch, which may be the best one or how many there are.

    Example:
        >>> epoch_in("loss 0.5 in epoch 3")["epoch"]
        '3'
    """
    return (
        (EPOCH.search(line) if "ep" in line.lower() or not line.isascii() else None)
        or EPOCH_OF_TIMM.match(line)
        or EPOCH_OF_BRACKETS.match(line)
        or (EPOCH_BEHIND.search(line) if "epoch" in line or not line.isascii() else None)
        or SHORT_EPOCH.match(line)
    )


def counter_alone(line: str) -> float | None:
    """The number at a line's beginning, as where it stands for an epoch without the word.

    Example:
        >>> counter_alone("[3/24] train 0.5 val 0.6"), counter_alone("007 train 0.5 val 0.6")
        (3.0, 7.0)
        >>> counter_alone(" 12%|#  | 3/24 [00:10<02:00, loss=0.5]"), counter_alone("0.5 val 0.6")
        (3.0, None)
    """
    found = ALONE.match(line)
    if (
        not found
        or (found["bar"] and found["count"] == "0")
        or is_known((found["word"] or "").lower())
    ):
        return None
    return float(found["count"])


def _whole(text: str) -> float:
    return float(text.replace(",", ""))
