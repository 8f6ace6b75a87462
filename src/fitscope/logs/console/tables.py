"""Tables in printed text: Markdown, boxes, skorch's and fastai's columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import PARTS, ROW_KEYS, meaning
from fitscope.logs.table import EPOCHS, ROUNDS, STEPS

# blanks belong to a bar, and are looked at once: lines may have thousands of them
BARRED = re.compile(r"(?:(?<!\s)\s*)?[|\t;\u2500-\u257f]\s*|\s&\s|(?:(?<!\s)\s*)?\\\\\s*$")
PLACES = (*EPOCHS, *STEPS, *ROUNDS)
WIDE = re.compile(r"\s{2,}|\t")
WORDS = re.compile(r"\S+(?:\s\S+)*")
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|\.\d+|nan|inf)%?", re.IGNORECASE)
ENDS_IN_NUMBER = re.compile(r"\s[-+]?\d*\.?\d+$")
ROW_NUMBER = re.compile(r"\d+:?")  # pandas numbers the rows, R's data.table, too
MARGIN = re.compile(r"^\s*(?:NOTE:\s|:\s(?=\s)|\[[-\s\d%]*\]\s(?=.*\s{3}))")  # DLPy, TMVA, xLearn
COMMAS = re.compile(r"[^\s,|:=]+(?:,[^\s,|:=]*){2,}")
COUNTED = re.compile(r"(\d+)/\d+")
OF_CLASSES = ("Class", "Images", "Instances")
OF_BOXES = ("precision", "recall", "mAP50", "mAP50-95")
OF_COCO = re.compile(r"AP\d*[slm]?")  # detectron2's precisions, of boxes of three sizes too
IDENTIFIER = re.compile(r"timestamp|duration|epochs?|[a-z]+(?:[_.][a-z0-9]+)+")  # columns of R
TAIL = re.compile(r":\s+\d+%\|.*")  # a progress bar behind the columns
RULE = re.compile(r"[\s|+:=\-\u2500-\u257f]*")
DECORATION = "*_`~ %"
MOST_BLANK = 0.5  # share of a row's cells that may be empty


@dataclass(frozen=True)
class Header:
    """The names of columns.

    Attributes:
        names: the names.
        line: the line that they stand in, below which their values do.
        by_metric: each row is one metric, and the columns are training and validation rows.
        by_part: each row is training or validation rows, and the columns are metrics.
    """

    names: tuple[str, ...]
    line: str = ""
    by_metric: bool = False
    by_part: bool = False


def behind_margin(line: str) -> str:
    """A line without what some programs' tables begin each of their lines with.

    Example:
        >>> behind_margin("NOTE:      1      0.5")
        '     1      0.5'
    """
    if (margin := MARGIN.match(line)) is None:
        return line
    line = line[margin.end() :].replace("Epoch Learning Rate", "Epoch  Learning Rate")
    line = line.replace("nEvents/s Conv.", "nEvents/s  Conv.")
    return line.replace("|", "  ") if line.count("|") == 1 else line


def by_bars(line: str) -> str:
    """Names or values that commas part, and nothing else, with bars instead.

    Example:
        >>> by_bars("epoch,train_loss,val_loss"), by_bars("loss 0.5, acc 0.7")
        ('epoch | train_loss | val_loss', 'loss 0.5, acc 0.7')
    """
    return line.replace(",", " | ") if COMMAS.fullmatch(line.strip()) else line


def header(line: str) -> Header | None:
    """The names of columns, if a line is one of these and nothing else.

    Example:
        >>> header("| Epoch | Train loss | Val loss |").names
        ('Epoch', 'Train loss', 'Val loss')
        >>> header("  epoch    train_loss    dur").names
        ('epoch', 'train_loss', 'dur')
        >>> header("| ---: | ---: |") is None, header("Epoch 3, loss: 0.5") is None
        (True, True)
    """
    bare = _untailed(line).strip()
    if bare.startswith(("Class ", "classes ")):
        return _of_ultralytics(bare)
    if bare.startswith("E ") and "  #  " in bare and "LOSS" in bare:
        return _of_spacy(line, 2)
    if bare.startswith("# ") and " Loss " in bare and "F-Score" in bare:  # Prodigy
        return _of_spacy(line, 1)
    if bare.startswith("Itn ") and " Loss " in bare:
        return _of_spacy(line, 1)
    if ":" in line or "=" in line or "{" in line:
        return None
    if _is_rpart(bare):
        return Header(("cp", "step", "train error", "val error", "xstd"), line)
    cells = _cells(line)
    if (
        len(cells) > 3 and cells[0].lower() in PARTS and cells[1] == "#"
    ):  # NequIP's rows name theirs
        return Header(("set", *cells[2:]), line)
    cells = _of_ranklib(cells)
    if (words := line.split()) != cells and all(map(IDENTIFIER.fullmatch, words)):
        cells = words
    if len(cells) < 2 or any(map(NUMBER.fullmatch, cells)) or any(len(c) > 40 for c in cells):
        return None
    if any(map(ENDS_IN_NUMBER.search, cells)):
        return None
    metrics = [c for c in cells if higher_is_better(meaning(c).metric) is not None]
    if cells[0] == "AP" and all(OF_COCO.fullmatch(cell) for cell in cells):
        return Header(tuple(f"val/{cell}" for cell in cells), line)
    parts = [c for c in cells if meaning(c).part is not None]
    if len(cells) == len(parts) == 2 and not any(meaning(cell).metric for cell in cells):
        return Header(("", *cells), line, by_metric=True)
    rest = len(metrics) == len(cells) - 1 and cells[0] not in metrics and not is_place(cells[0])
    if rest and not parts and BARRED.search(line.strip()):
        return Header(tuple(cells), line, by_part=True)
    placed = [cell for cell in cells if is_place(cell)]
    first = bool(placed) and placed[0] == cells[0] and len(cells) > 2
    named = (placed and (metrics or parts or first)) or len({*metrics} & {*parts}) > 1
    return Header(tuple(cells), line) if named else None


def more_of_header(above: Header, line: str) -> Header | None:
    """The header of two lines: MATLAB writes "Validation" in one and "Loss" below it.

    Example:
        >>> more_of_header(header("| Epoch | Validation |"), "|     | Loss |").names
        ('Epoch', 'Validation Loss')
    """
    cells = _cells(line, len(above.names))
    if len(cells) != len(above.names) or not any(cells) or any(map(NUMBER.fullmatch, cells)):
        return None
    if RULE.fullmatch(line) or not BARRED.search(line.strip()):
        return None
    names = tuple(f"{one} {two}".strip() for one, two in zip(above.names, cells, strict=True))
    return Header(names, above.line)


def row(line: str, above: Header) -> dict[str, float] | None:
    """The numbers of a line under a header, by name; None if it is no row of that table.

    Example:
        >>> row("| 5 | 0.49 | **0.71** | lowest |", Header(("Epoch", "Train", "Val", "Note")))
        {'Epoch': 5.0, 'Train': 0.49, 'Val': 0.71}
        >>> row("loss | 0.5 | 0.6", Header(("", "Training", "Validation"), "", True))
        {'Training loss': 0.5, 'Validation loss': 0.6}
        >>> above = header("  Epoch    TrainLoss    ValLoss")
        >>> row("      1                     0.5", above)
        {'Epoch': 1.0, 'ValLoss': 0.5}
    """
    names = above.names
    cells = _cells(line, len(names))
    if above.by_metric:
        return _of_metric(names, cells)
    if above.by_part:
        return _of_part(names, cells)
    words = line.split()
    if len(cells) < len(names) == len(words) - 1 and all(map(NUMBER.fullmatch, words)):
        cells = words
    if len(cells) == len(names) + 1 and ROW_NUMBER.fullmatch(cells[0]):
        cells = cells[1:] if NUMBER.fullmatch(cells[-1]) else cells
    if any(map(NUMBER.fullmatch, cells[len(names) :])):
        return None
    cells = cells[: len(names)]  # a remark behind the last column
    if 1 < len(cells) < len(names) and not BARRED.search(line.strip()):
        cells = _below(line, above.line)
    if len(cells) != len(names):
        cells = _from_the_right(line, names)
    if len(cells) != len(names):
        return None
    if names[0].lower() in ("class", "classes") and cells[0] != "all":
        return None
    cells = [counted[1] if (counted := COUNTED.fullmatch(cell)) else cell for cell in cells]
    of_rows = (meaning(c).part for n, c in zip(names, cells, strict=True) if n.lower() in ROW_KEYS)
    part = next((part for part in of_rows if part is not None), None)
    found = {
        f"{part} {name}" if part and not is_place(name) else name: float(
            cell.rstrip("%").replace(",", ".")
        )
        for name, cell in zip(names, cells, strict=True)
        if NUMBER.fullmatch(cell)
    }
    places = {name for name in names if is_place(name)}
    if places and not places & found.keys():
        return None
    return found if len(found) >= 2 and len(found) >= len(names) * MOST_BLANK else None


def is_place(name: str) -> bool:
    """Whether a column's name is that of epochs, steps or rounds."""
    return name.strip(f"{DECORATION}#").lower() in PLACES


def _is_rpart(line: str) -> bool:
    """Whether a line names the columns of rpart's table of pruned trees, blanks in one of them."""
    return line.split() == ["CP", "nsplit", "rel", "error", "xerror", "xstd"]


def _of_ranklib(cells: list[str]) -> list[str]:
    """`NDCG@10-T` and `NDCG@10-V`, which stand side by side, with words for their rows."""
    if not {cell[:-2] for cell in cells if cell.endswith("-T")} & {
        cell[:-2] for cell in cells if cell.endswith("-V")
    }:
        return cells
    rows = {"-T": "train", "-V": "val"}
    return [f"{rows[c[-2:]]} {c[:-2]}" if c[-2:] in rows else c for c in cells]


def _of_metric(names: tuple[str, ...], cells: list[str]) -> dict[str, float] | None:
    if len(cells) != len(names) or not cells[0] or NUMBER.fullmatch(cells[0]):
        return None
    pairs = zip(names[1:], cells[1:], strict=True)
    return {f"{part} {cells[0]}": float(c) for part, c in pairs if NUMBER.fullmatch(c)} or None


def _of_part(names: tuple[str, ...], cells: list[str]) -> dict[str, float] | None:
    if len(cells) != len(names) or cells[0].lower() not in PARTS:
        return None
    pairs = zip(names[1:], cells[1:], strict=True)
    return {f"{cells[0]} {name}": float(c) for name, c in pairs if NUMBER.fullmatch(c)} or None


def _of_ultralytics(line: str) -> Header | None:
    """What was found on validation images: boxes, and masks or poses beside them."""
    if line.startswith("classes"):
        return Header(("classes", *(f"val/{name}" for name in line.split()[1:])))
    if "mAP" not in line:
        return None
    count = len(line.split()) - len(OF_CLASSES)
    kinds = ("val/", "val/other_")
    names = tuple(f"{kinds[at // 4]}{OF_BOXES[at % 4]}" for at in range(min(count, 8)))
    return Header((*OF_CLASSES, *names))


def _of_spacy(line: str, places: int) -> Header:
    """Losses are of training, the rest was measured on the development rows."""
    cells = [re.sub(r"\bF$", "F1", cell) for cell in _cells(line)[places:]]
    names = [c if "LOSS" in c.upper() else f"val/{c}" for c in cells]
    return Header((*("epoch", "step")[:places], *names), line)


def _below(line: str, above: str) -> list[str]:
    """What stands below each name: columns with nothing but spaces between them, some empty."""
    spans = [found.span() for found in WORDS.finditer(above)]
    cells = [""] * len(spans)
    for word in WORDS.finditer(line.rstrip()):
        overlaps = [min(word.end(), end) - max(word.start(), start) for start, end in spans]
        nearest = max(range(len(spans)), key=overlaps.__getitem__)
        if overlaps[nearest] <= 0 or cells[nearest]:
            return []
        cells[nearest] = word[0]
    return cells


def _from_the_right(line: str, names: tuple[str, ...]) -> list[str]:
    """The numbers at a line's end, below the last names: times before them are of several words."""
    words = line.split()
    if len(words) <= len(names) or any(" " in name for name in names):
        return []
    count = next((n for n, word in enumerate(reversed(words)) if not NUMBER.fullmatch(word)), 0)
    first = min((at for at, name in enumerate(names) if is_place(name)), default=len(names))
    if count != len(names) - first:
        return []
    return [""] * first + words[-count:]


def _summed(cell: str) -> str:
    """A list of the parts of a loss as their sum, as DeepXDE trains on it."""
    if not cell.startswith("[") or not cell.endswith("]"):
        return cell
    parts = cell[1:-1].replace(",", " ").split()
    return f"{sum(map(float, parts)):.9g}" if parts and all(map(NUMBER.fullmatch, parts)) else ""


def _untailed(line: str) -> str:
    return TAIL.sub("", line) if "%|" in line else line


def _cells(line: str, count: int | None = None) -> list[str]:
    inner = _untailed(line).strip(" \r\n")
    barred = BARRED.search(inner) is not None
    cells = BARRED.split(inner) if barred else WIDE.split(inner)
    cells = [_summed(cell.strip(DECORATION)) for cell in cells]
    if barred:
        if not cells[0]:
            cells = cells[1:]
        if cells and not cells[-1] and (count is None or len(cells) > count):
            cells = cells[:-1]
    if not barred and count is not None and len(cells) != count and len(inner.split()) == count:
        return inner.split()
    return cells
