"""Rows as CSV text in the published layout: every number with 19 digits, as C's `%.18e` does.

Python's own formatting takes half a microsecond a number, minutes for millions of rows. A
float32 has 24 significant bits, so up to twelve powers of ten times it are exact in a float64:
all digits of nearly every number then come out of array arithmetic.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Float32, UInt8, UInt32

_WIDTH = 26  # sign, digit, point, 18 digits, e+00, comma or newline
_PIECE = 512  # rows whose digits stay in a core's cache
_LEAST, _MOST = -3, 2  # powers of ten between which the arithmetic is exact
_FIELDS = np.dtype(
    {
        "names": ["sign", "first", "point", "a", "b", "c", "d", "e", "f", "power", "end"],
        "formats": ["u1", "u1", "u1", "<u4", "<u4", "u1", "u1", "<u4", "<u4", "<u4", "u1"],
        "offsets": [0, 1, 2, 3, 7, 11, 12, 13, 17, 21, 25],
        "itemsize": _WIDTH,
    }
)


def csv_text(rows: Float32[np.ndarray, "rows columns"]) -> bytes:
    """Write rows as lines of numbers, digit for digit what `"%.18e"` gives.

    Args:
        rows: finite numbers.

    Returns:
        One line a row, each ended by a newline.

    Example:
        >>> csv_text(np.array([[1, -0.1]], np.float32))
        b'1.000000000000000000e+00,-1.000000014901161194e-01\\n'
    """
    return b"".join(_text(rows[start : start + _PIECE]) for start in range(0, len(rows), _PIECE))


def _text(rows: Float32[np.ndarray, "rows columns"]) -> bytes:
    values = np.ascontiguousarray(rows, np.float32).ravel()
    size = np.abs(values).astype(np.float64)
    hard = np.flatnonzero(((size < 10.0**_LEAST) & (size > 0)) | (size >= 10.0 ** (_MOST + 1)))
    size[hard] = 0
    power = np.zeros(len(size), np.int64)
    for border in (0.01, 0.1, 1):
        power -= (size < border) & (size > 0)
    for border in (10, 100):
        power += size >= border
    text = np.zeros(len(values), _FIELDS)
    _write_digits(text, size * 10.0 ** (9 - power))
    text["sign"] = np.where(np.signbit(values), ord("-"), 0)
    text["point"] = ord(".")
    text["power"] = _powers()[power - _LEAST]
    text["end"] = ord(",")
    text["end"].reshape(rows.shape)[:, -1] = ord("\n")
    letters = text.view(np.uint8).reshape(-1, _WIDTH)
    for at in hard:
        _write_plainly(letters[at], values[at])
    return letters.tobytes().translate(None, b"\0")


def _write_digits(text: np.ndarray, scaled: np.ndarray) -> None:
    """Digits of numbers that are 0 or have ten digits before the point."""
    high = np.floor(scaled)
    low = np.rint((scaled - high) * 1e9)  # to even, as C rounds
    carry = low == 1e9
    high, low = high + carry, np.where(carry, 0, low).astype(np.uint32)
    first = np.floor(high / 1e9)
    high = (high - first * 1e9).astype(np.uint32)
    four = _four_digits()
    text["first"] = first.astype(np.uint8) + ord("0")
    eight = high // 10
    text["a"], text["b"] = four[eight // 10_000], four[eight % 10_000]
    text["c"] = high % 10 + ord("0")
    text["d"] = low // 100_000_000 + ord("0")
    eight = low % 100_000_000
    text["e"], text["f"] = four[eight // 10_000], four[eight % 10_000]


def _write_plainly(letters: UInt8[np.ndarray, 26], value: np.float32) -> None:
    written = np.frombuffer(b"%.18e" % value, np.uint8)
    letters[:-1] = 0
    letters[: len(written)] = written


@cache
def _four_digits() -> UInt32[np.ndarray, 10000]:
    return np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), "<u4")


@cache
def _powers() -> UInt32[np.ndarray, 6]:
    return np.frombuffer(b"".join(b"e%+03d" % n for n in range(_LEAST, _MOST + 1)), "<u4")
