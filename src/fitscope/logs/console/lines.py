"""The lines of printed text as a reader sees them: no colours, bars, times or logging prefixes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from fitscope.logs.console.entries import LONGEST, LONGEST_SAID, blocks, parted

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
LOST_ESCAPES = re.compile(r"\[(?:[0-4]|[349]\d|10\d)(?:;\d{1,3})*m")  # without their first sign
OVERWRITTEN = re.compile(r"[\r\x08\n]+")
TIMES = re.compile(
    r"(?=\d)(?:"  # else each place of a line would be tried five times
    r"(?<![\d.])(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"(?:[T ,_:-]+\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
    r"|\d{1,2}/\d{1,2}/\d{4}"
    r"|\b\d{1,2}-[A-Z][a-z]{2}(?:-\d{2,4})?(?= \d{1,2}:\d{2})"
    r"|\b\d{8}[-_]\d{4,6}\b"
    r"|(?:\d{1,4} days?,? )?(?<!poch )\b\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?=[\s\],;|)<]|:\D|$))"
)
LEVELS = ("INF", "DEBUG", "WARN", "NOTICE", "ERROR")
LEVEL_FIRST = re.compile(
    r"\W*\[[^\][]*\b(?:INFO|DEBUG|WARNING)\b[^\][]*\]"
    r"|\W*\[[^\][]*\]\(\S+ \d+\):\s*INFO\b"
    r"|(?:INFO|DEBUG|WARNING|ERROR):[\w.]+:"
    r"|(?:\W*[\w.]+\s(?:-\s)?)?\b(?:INFO|DEBUG|WARNING|WARN|NOTICE|ERROR|INF)\b\s*[:\-|\]]*"
)
LEVEL = re.compile(  # begins with a sign, not with where it stands: five times as fast
    r"[IDWNE](?<!\w.)(?:(?:(?<=I)NFO|(?<=D)EBUG|(?<=W)ARNING|(?<=E)RROR):[\w.]+:"
    r"|(?:(?<=I)NFO?|(?<=D)EBUG|(?<=W)ARN(?:ING)?|(?<=N)OTICE|(?<=E)RROR)\b\s*[:\-|\]]*)"
)
PREFIXES = {  # by the sign that none of them is without, since each takes long to be looked for
    ".py:": re.compile(r"(?:\{(?=[\w./-]+\.py:\d+\}))?\b[\w./-]+\.py:\d+[\]}]?:?"),
    "pid=": re.compile(r"\(\w+ pid=\d+(?:, ip=[\d.]+)?\)"),
    "__": re.compile(r"\b__\w+__\b(?::\w+:\d+)?\s*-*"),
    "$:": re.compile(r"\b\w+\$:\d+\s+-\s"),  # of log4j
    " - ": re.compile(r"\s[a-z_]\w*(?:\.\w+)+\s+-\s"),
}
OF_GLOG = re.compile(r"\s*[IWE]\d{4}\s+(?:\d+\s+)?")
LEADING = re.compile(r"^.{0,90}?\b(?:INFO|DEBUG|WARNING)\b[\]:|\s-]*(?:[\w./]+(?::\w+)*\s+-\s)?")
TABS = re.compile(r"#011(?=[a-z])|\\t")
OF_R = re.compile(r'^\s*\[1\] (?=")')
CELLS = re.compile(r"</t[dh]>\s*<t[dh][^>]*>|</?t[rdh][^>]*>", re.IGNORECASE)
ROW = re.compile(r"<tr[\s>]", re.IGNORECASE)  # "<train>" is none
OF_ROW = 80  # signs at the end of a line that tell whether a row of HTML ends in it
WRAPPED = re.compile(r"(?:ms|us|\ds)(?:/step|/sample|/epoch)? - |\] - (?:\d+s|ETA)")
GOES_ON = re.compile(r"[ a-z_0-9]*(?::\s[-+\d.naife]+|\s-\s[a-z].*)")
BARS = re.compile(r"\[[=>.#\- ]{3,}\]|\|[^|\w]{3,}\||[\u2500-\u259f]{2,}|={4,}|-{4,}|#{3,}")
RARE = re.compile(r"[#\u2500-\u259f]{2}")
TIMED = re.compile(r"\d[:/]\d\d|\d\d\d\d[-.]\d|\d{8}[-_]")
PREFIXED = re.compile(r"[A-Z]{4}|INF\b|[IWE]\d{4}\s|\.py:|pid=|__")
BAR = re.compile(r"(?P<before>.{0,40}?)(?P<at>\d{1,9})\s*(?:/\s*(?P<of>\d{1,9})|%)")
OVER_EPOCHS = re.compile(r"poch\W{0,8}$")
OF_EPOCH = re.compile(r"poch\W{0,8}\d")  # what is behind counts parts of it
EMPTY = re.compile(r"^\s*\[[\s:,]*\]:?")  # where a time stood
SO_FAR = re.compile(r"\bbest so far: epoch \d", re.IGNORECASE)
NOTED = (" improved from", " did not improve", " was not in top", " reached", "saving", "early")
CHECKPOINTS = re.compile(
    r"(?:Epoch \d+: )?\S+ (?:improved from|did not improve|was not in top|reached)\b.*"
    r"|\bsaving (?:model|checkpoint)(?!.*\.t7\b).*|\bearly stopping\b.*",
    re.IGNORECASE,
)


def lines(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[tuple[str, str]]:
    """Printed lines without colours, and cleaned; a carriage return ends a line, too.

    However large the stream is, little of it is held; a line without an end is cut.

    Args:
        stream: the bytes.
        encoding: of the bytes; what is not in it becomes a question mark.

    Example:
        >>> import io
        >>> text = b"2024-01-01 10:00:00,123 - INFO - Epoch 1 \\x1b[32mloss: 0.5\\x1b[0m\\n"
        >>> list(lines(io.BytesIO(text)))
        [('2024-01-01 10:00:00,123 - INFO - Epoch 1 loss: 0.5', 'Epoch 1 loss: 0.5')]
    """
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    for piece in _unwrapped(_whole_rows(_pieces(text))):
        for line in parted(piece):
            bare = _unpacked(line)
            cleaned = clean(bare)
            if cleaned or "best iteration" in bare or len(bare) > LONGEST_SAID:
                yield LEADING.sub("", bare) if "|" in bare else bare, cleaned


def _unpacked(line: str) -> str:
    """A line without what another program made of its signs."""
    if "#011" in line or "\\t" in line:  # tabs, as containers and SageMaker write them
        line = TABS.sub("\t", line)
    if line.lstrip().startswith("[1] "):
        line = OF_R.sub("", line)
    if "[0m" in line:
        line = LOST_ESCAPES.sub("", line)
    if "<t" in line:
        line = CELLS.sub("|", line)
    return line


def _whole_rows(pieces: Iterator[str]) -> Iterator[str]:
    """Rows of HTML in one piece each, whose cells may stand in lines of their own."""
    held = ""
    for piece in pieces:
        if not held and ("<" not in piece or not ROW.search(piece)):
            yield piece
            continue
        held += piece
        if "</tr" in piece[-OF_ROW:].lower() or len(held) > LONGEST_SAID:
            yield held
            held = ""
    if held:
        yield held


def _unwrapped(pieces: Iterator[str]) -> Iterator[str]:
    """Keras' lines as they were before a terminal wrapped them."""
    held = ""
    for piece in pieces:
        fits = len(held) + len(piece) <= LONGEST
        if held and fits and GOES_ON.match(piece) and WRAPPED.search(held):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _pieces(text: TextIO) -> Iterator[str]:
    """What stays to be read: a progress bar that overwrites itself counts when it is done."""
    held, bar = "", None
    for block in blocks(text):
        block = ESCAPES.sub("", block) if "\x1b" in block else block
        whole = not held and block.endswith("\n") and not block.isspace()
        if whole and OVERWRITTEN.search(block, 0, len(block) - 1) is None:  # most lines
            yield block[:-1]
            continue
        for piece in OVERWRITTEN.split(block):
            if not piece or piece.isspace():
                continue
            counter = BAR.match(piece)
            if held and not (bar and counter and _goes_on(bar, counter)):
                yield held
            held, bar = piece, counter
        if block.endswith("\n") and held:
            yield held
            held, bar = "", None
    if held:
        yield held


def _goes_on(bar: re.Match[str], later: re.Match[str]) -> bool:
    same = bar["before"] == later["before"] and bar["of"] == later["of"]
    before, at = later["before"], int(later["at"])
    if later["of"] and OVER_EPOCHS.search(before):
        return same and int(bar["at"]) == at
    if "val" in later.string and not OF_EPOCH.search(before):  # a bar over epochs
        return False
    return same and int(bar["at"]) <= at


def clean(line: str) -> str:
    """A line without what surrounds its words and numbers."""
    if not line or line.isspace():
        return ""
    line = line[:LONGEST_SAID]
    lower = line.lower()
    if any(sign in lower for sign in NOTED):
        line = CHECKPOINTS.sub("", line)
    if "best so far: epoch" in lower and (found := SO_FAR.search(line)):
        line = line[: found.start()].rstrip("|,;> \t")
    if line.startswith("Training: 2"):  # a logger's name before the date
        line = line.removeprefix("Training: ")
    if TIMED.search(line):
        line = TIMES.sub(" ", line)
    if PREFIXED.search(line):
        line = _without_prefixes(line)
    if "[" in line or "|" in line or "==" in line or "--" in line or RARE.search(line):
        line = BARS.sub(" ", line)
    if line.lstrip().startswith("["):
        line = EMPTY.sub("", line)
    return line.replace("\ufeff", "").strip(" \t-:,;\x00")


def _without_prefixes(line: str) -> str:
    """A line without what its logging put before it."""
    if any(level in line for level in LEVELS):
        first = LEVEL_FIRST.match(line)
        line = LEVEL.sub(" ", f" {line[first.end() :]}" if first else line)
    for sign, prefix in PREFIXES.items():
        if sign in line:
            line = prefix.sub(" ", line)
    found = OF_GLOG.match(line)
    return f" {line[found.end() :]}" if found else line
