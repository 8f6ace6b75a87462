"""Damage: bytes as disks and networks spoil them, documents as people edit them."""

from __future__ import annotations

import copy
import re
from random import Random
from typing import Any

EXTREMES = [
    *(b"0", b"-0", b"-1", b"1e308", b"1e309", b"-1e-320", b"nan", b"inf", b"1e20"),
    *(b"9" * 400, b"0x10", b"1_000", b"2**99", b"True", b"null", b"", b"-", b".", b"1,5", b"50%"),
    *("\u0664\u0662".encode(), b"\x1b[31m1", b'"', b"[", b"{", b"\0", b"\xff\xfe", b"\r"),
]
NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, 0.5, -0.5, 1e308, 1e-308),
    *("", "x", "../../up", "/tmp/up", "a" * 5_000, "\x1b[2J\n", "NaN", "\ud800", "overfit"),
    *([], {}, [None], [[]], {"": {}}, [0.5, 0.5], ["x"] * 50),
]


def spoil(content: bytes, random: Random) -> bytes:
    """A few kinds of damage, one to three of them, to some bytes."""
    for _ in range(random.choice([1, 1, 2, 3])):
        content = random.choice(KINDS)(content, random)
    return content


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 4, 40])):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _drop(content: bytes, random: Random) -> bytes:
    at, length = random.randrange(len(content) + 1), random.choice([1, 8, 100, 4096])
    return content[:at] + content[at + length :]


def _zeros(content: bytes, random: Random) -> bytes:
    at, length = random.randrange(len(content) + 1), random.choice([1, 16, 512, 4096])
    length = min(length, len(content) - at)
    return content[:at] + bytes(length) + content[at + length :]


def _twice(content: bytes, random: Random) -> bytes:
    at, length = random.randrange(len(content) + 1), random.choice([1, 30, 500, 4096])
    return content[: at + length] + content[at:]


def _number(content: bytes, random: Random) -> bytes:
    found = list(NUMBER.finditer(content[:200_000]))
    if not found:
        return _flip(content, random)
    at = random.choice(found)
    return content[: at.start()] + random.choice(EXTREMES) + content[at.end() :]


def _lines(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    how = random.randrange(5)
    if how == 0:
        random.shuffle(lines)
    elif how == 1:
        lines = lines * 3
    elif how == 2:
        return b"\r".join(lines)
    elif how == 3:
        return b"\r\r\n".join(lines)
    else:
        lines.insert(random.randrange(len(lines) + 1), random.choice(EXTREMES) * 3)
    return b"\n".join(lines)


KINDS = [_flip, _flip, _cut, _drop, _zeros, _twice, _number, _number, _lines]


def edit(document: Any, random: Random) -> Any:
    """A JSON document with one to three values changed, added or taken away."""
    document = copy.deepcopy(document)
    for _ in range(random.choice([1, 1, 2, 3])):
        places = list(_places(document))
        if not places:
            return random.choice(VALUES)
        inside, key = random.choice(places)
        how = random.randrange(6)
        if how == 0:
            del inside[key]
        elif how == 1 and isinstance(inside, list):
            inside.insert(key, copy.deepcopy(random.choice(inside)))
        elif how == 2 and isinstance(inside[key], int | float):
            inside[key] = inside[key] * random.choice([-1, 10, 1e9, 1e-9]) + random.choice([0, 1])
        elif how == 3:
            inside[key] = copy.deepcopy(_other(document, inside[key], random))
        else:
            inside[key] = copy.deepcopy(random.choice(VALUES))
    return document


def _places(document: Any):
    keys = document if isinstance(document, dict) else range(len(document))
    for key in list(keys):
        yield document, key
        if isinstance(document[key], dict | list):
            yield from _places(document[key])


def _other(document: Any, value: Any, random: Random) -> Any:
    """A value of the same type from elsewhere in the document: right type, wrong content."""
    same = [box[key] for box, key in _places(document) if type(box[key]) is type(value)]
    return random.choice(same)
