"""Spellings of many programs made one: `train/val loss: 0.5/0.6` as two names with two values."""

from __future__ import annotations

import re

FEW_WORDS = r"[\w ]{0,30}?"
LONGEST = 1_000  # signs of a line in which pairs are looked for
VALUE = r"[-+]?\d*\.\d+(?:e[-+]?\d+)?|[-+]?\d+\.?|nan|inf"
OF_TRAINING, HELD_BACK = r"train\w*|tr", r"val\w*|test\w*|dev|eval\w*"
EVALUATED = re.compile(  # said of validation rows, without a word for them
    r"^(?:saving dict for|current epoch: \d+ current (?=\w)|cur metric,"
    r"|(?P<star>\*)\s+(?=(?:acc|prec)@1))",
    re.IGNORECASE,
)
WAS_BEST = re.compile(
    r"^\W*(?:new |current |cur )?(?:best|max)\b(?!.*\b(?:train|loss)\w*\s*[:=].*\bval)",
    re.IGNORECASE,
)
OF_COCO = re.compile(
    r"Average (?:Precision|Recall)\s+\((AP|AR)\) @\[ IoU=([\d.:]+)\s*\| area=\s*(\w+)\s*\| "
    r"maxDets=\s*(\d+)\s*\] = "
)
OF_IMAGES = re.compile(
    r"Accuracy (?:at epoch \d+ )?(?:of the \w+ )?on (?:the )?(?:\d+ )?"
    r"(test|validation|val|train\w*)\b[^:\d]*:?",
    re.IGNORECASE,
)
OVER_ROWS = re.compile(
    r"\s(?:of|on|over)\s(?:the\s|all\s)?\d[\d,]*\s(?:batches|samples|examples|images|rows|sentences)\b"
)
WRAPPED = re.compile(r"tensor\(|np\.float\d+\(|\*\*|`|(?<=\d)f0\b")
OF_THRESHOLDS = re.compile(r":(?<=\d\.\d:)(?=\d\.\d)")  # mAP@0.5:0.95
OF_ROWS = re.compile(r"\(([^\W\d_]+)\)")
INDEXED = re.compile(rf"(?<=\w)\[({OF_TRAINING}|{HELD_BACK})\](?=\s*[:=])", re.IGNORECASE)
BOTH = re.compile(rf"\b(?:{OF_TRAINING})\s*/\s*(?:{HELD_BACK})\b", re.IGNORECASE)
PAIRED = re.compile(
    rf"(?P<before>{FEW_WORDS})\s*\(?\b(?:{OF_TRAINING})\s*/\s*(?P<held>{HELD_BACK})\b\)?"
    rf"(?P<behind>{FEW_WORDS})\s*[:=]?\s*(?P<a>{VALUE})\s*/\s*(?P<b>{VALUE})",
    re.IGNORECASE,
)
PAIRED_BEHIND = re.compile(
    rf"\(\s*(?:{OF_TRAINING})\s*/\s*(?P<held>{HELD_BACK})\s*\)", re.IGNORECASE
)
LISTED = re.compile(
    rf"(?P<names>[A-Za-z](?<!\w.)\w*(?:/[A-Za-z]\w*)+)\s*[:=]?\s*(?P<values>(?:{VALUE})(?:\s*/\s*(?:{VALUE}))+)",
    re.IGNORECASE,
)
NAMES_BEHIND, VALUES_BEHIND = re.compile(r"/\s*[A-Za-z]"), re.compile(r"/\s*[-+]?[.\dniNI]")
OF_STEP = re.compile(
    rf"^\W*(?P<name>(?:{OF_TRAINING}|{HELD_BACK})\s\w+)\s(?P<step>\d+):?\s(?=\d+\.\d)",
    re.IGNORECASE,
)
OF_DARKNET = re.compile(rf"^(?P<step>\d+): (?:{VALUE}), (?P<loss>{VALUE}) avg loss.*")
OF_TORCHTUNE = re.compile(rf"^(?P<epoch>\d+)\|(?P<step>\d+)\|Loss: (?P<loss>{VALUE}).*")
OF_GPT_2 = re.compile(r"^\[(?P<step>\d+) \| [\d.]+\] (?=\D)")
ON_ROWS = re.compile(
    r"^\W*(?:trained |training |fitted |fit )?(?:on|with) (?P<count>\d[\d,]*) "
    r"(?:training )?(?:samples|examples|rows|points)\b\W*",
    re.IGNORECASE,
)
AT_EPOCH = re.compile(
    r"^\W*(?P<name>[A-Za-z]\w*(?: \w+)?) (?:at|after) "
    r"(?P<unit>epoch|step|iteration) (?P<at>\d+)(?:\s?[:=]|\s(?:is|was)\b)",
    re.IGNORECASE,
)
OF_ICEFALL = re.compile(r"\bloss\[[^\]]*\],?\s*(?=tot_loss\[)")  # a batch's, before the mean
EACH_NAMED = re.compile(
    rf"(?P<name>[A-Za-z]\w*)\s*[:=]?\s*(?P<a>{VALUE})\s*\((?:{OF_TRAINING})\)\W{{0,4}}"
    rf"(?P<b>{VALUE})\s*\((?P<held>{HELD_BACK})\)",
    re.IGNORECASE,
)
OPENS_TRAINING = re.compile(rf"\((?:{OF_TRAINING})\)", re.IGNORECASE)
DARKNETS_MAP = re.compile(r"mean average precision \((mAP@[\d.]+)\) = ([\d.]+).*")
PAIR = re.compile(rf"(?P<name>[A-Za-z]\w*)\s*[:=]\s*(?P<a>{VALUE})\s*/\s*(?P<b>{VALUE})")


def spelled(line: str) -> str:
    """A cleaned line in the spelling that is read.

    Example:
        >>> spelled("Epoch 1: loss (train/val): 0.5 / 0.6").split(":", 1)[1]
        ' Train loss: 0.5 , val loss: 0.6 ,'
        >>> spelled("Loss: 0.5 / 0.6 (train / val)")
        'Train Loss: 0.5 , val Loss: 0.6 , '
        >>> spelled("cur metric, acc: 0.5"), spelled("best metric, acc: 0.9")
        ('Val ,  acc: 0.5', '')
    """
    if WAS_BEST.match(line) or "copypaste:" in line:  # detectron2 says everything twice
        return ""
    if found := EVALUATED.match(line):
        line = f"{'Test' if found['star'] else 'Val'} , {line[found.end() :]}"
    if "Accuracy" in line:
        line = OF_IMAGES.sub(lambda m: f"{m[1]} accuracy: ", line)
    if "amples" in line or "rows" in line or "points" in line:
        line = ON_ROWS.sub(r"n_samples: \g<count>, ", line)
    if " of " in line or " on " in line or " over " in line:
        line = OVER_ROWS.sub("", line)
    if "IoU=" in line:
        line = OF_COCO.sub(lambda m: f" val/{m[1]}_{m[2].replace(':', '-')}_{m[3]}_{m[4]}: ", line)
    if " avg loss" in line:
        line = OF_DARKNET.sub(r"step \g<step>: train loss: \g<loss>", line)
    if "mean average" in line:
        line = DARKNETS_MAP.sub(r"val \1 = \2", line)
    if "|Loss:" in line:
        line = OF_TORCHTUNE.sub(r"epoch \g<epoch>, step \g<step>, train loss: \g<loss>", line)
    if line.startswith("["):
        line = OF_GPT_2.sub(r"step \g<step>, ", line)
    if "tot_loss[" in line:
        line = OF_ICEFALL.sub("", line)
    if "(" in line and OPENS_TRAINING.search(line):
        line = EACH_NAMED.sub(lambda m: _two(m["name"], m["held"], m["a"], m["b"]), line)
    if " at " in line or " after " in line:
        line = AT_EPOCH.sub(r"\g<unit> \g<at>, \g<name>:", line)
    if "f0" in line or "*" in line or "`" in line or "tensor(" in line or "np." in line:
        line = WRAPPED.sub("", line)
    if found := OF_STEP.match(line):
        line = f"step {found['step']}, {found['name']}: {line[found.end() :]}"
    line = OF_THRESHOLDS.sub("-", line)
    if "/" in line and len(line) < LONGEST and NAMES_BEHIND.search(line):
        line = _pairs_apart(line)
        line = LISTED.sub(_each, line) if VALUES_BEHIND.search(line) else line
    return INDEXED.sub(r" \1 ", line) if "[" in line else line


def _pairs_apart(line: str) -> str:
    if not BOTH.search(line):  # few lines name both, and to look for their values takes longest
        return line
    if (behind := PAIRED_BEHIND.search(line)) and PAIR.search(line[: behind.start()]):
        said = PAIRED_BEHIND.sub("", line)
        return PAIR.sub(lambda m: _two(m["name"], behind["held"], m["a"], m["b"]).strip(), said)
    return PAIRED.sub(
        lambda m: _two(f"{m['before']} {m['behind']}", m["held"], m["a"], m["b"]), line
    )


def _each(found: re.Match[str]) -> str:
    """`mIoU/mAcc 0.5/0.6` as two names with a value each."""
    names, values = found["names"].split("/"), re.split(r"\s*/\s*", found["values"])
    if len(names) != len(values):
        return found[0]
    return ", ".join(f"{one}: {value}" for one, value in zip(names, values, strict=True))


def _two(name: str, held_back: str, first: str, second: str) -> str:
    metric = " ".join(name.split())
    return f" Train {metric}: {first} , {held_back} {metric}: {second} ,"
