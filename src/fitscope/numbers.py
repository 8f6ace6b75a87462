"""Scores, and differences of them, as people read them."""

from __future__ import annotations

import math

COUNTED = 1e15  # beyond it a number of steps is none
UNITS = ((1e9, "B"), (1e6, "M"))  # of large scores, such as squared errors of prices
LARGEST = 1e12  # beyond it a power of ten is written


def number(value: float | None, like: float | None = None) -> str:
    """A score with as many digits as can mean something, whatever its size.

    Args:
        value: the score, None or not finite where there is none.
        like: a number whose decimals it shall have; its own if left out.

    Example:
        >>> number(0.58061234), number(12.3456), number(3057.25), number(1.5e-5), number(None)
        ('0.5806', '12.346', '3,057.2', '0.000015', 'none')
        >>> number(642_099_312.0), number(147_215_509.0, like=1.2e9)
        ('642.1M', '0.147B')
        >>> number(2436287211780067295232.0), number(float("nan"))
        ('2.436e21', 'none')
        >>> number(-0.00003, like=0.02), number(-0.0)
        ('0.0000', '0.0000')
    """
    if value is None or not math.isfinite(value):
        return "none"
    size = abs(value if like is None or not math.isfinite(like) else like)
    if abs(value) >= LARGEST or 0 < size < 1e-6:
        digits, power = f"{value:.3e}".split("e")
        return f"{digits}e{int(power)}"
    if 0 < size < 1e-3:
        text = f"{value:.{2 - math.floor(math.log10(size))}f}"
        return text.rstrip("0") if float(text) else "0"
    for unit, letter in UNITS:
        if unit <= size < LARGEST:
            return fixed(value / unit, 3 - math.floor(math.log10(size / unit))) + letter
    decimals = 4 if size < 10 else max(4 - math.floor(math.log10(size)), 0)
    return fixed(value, decimals)


def signed(value: float, like: float | None = None) -> str:
    """A difference with its sign; without one where it is zero in all decimals shown.

    Args:
        value: the difference.
        like: a number whose decimals it shall have, such as the largest of a table.

    Example:
        >>> signed(0.0231), signed(-120.4), signed(0.0004, like=0.02)
        ('+0.0231', '-120.40', '+0.0004')
        >>> signed(-0.00003, like=0.02), signed(0.0)
        ('0.0000', '0.0000')
    """
    told = number(value, like)
    bare = told.startswith("-") or told == "none" or not any(digit in told for digit in "123456789")
    return told if bare else f"+{told}"


def fixed(value: float, decimals: int) -> str:
    """A figure with so many decimals; what is zero in all of them has no sign.

    Example:
        >>> fixed(3057.25, 1), fixed(-0.0004, 2), fixed(-0.25, 1)
        ('3,057.2', '0.00', '-0.2')
    """
    return f"{value:z,.{decimals}f}"


def percent(share: float) -> str:
    """A share in per cent, with two digits.

    Example:
        >>> percent(0.0123), percent(0.5), percent(1.0), percent(0.99999)
        ('1.2 %', '50 %', '100 %', '100 %')
    """
    value = 100 * share
    return f"{value:.0f} %" if value >= 99.5 else f"{value:.2g} %"


def place(value: float) -> str:
    """Where on an axis of epochs or steps something is: whole numbers that can be counted in full.

    Example:
        >>> place(10_000_000.0), place(9.661836), place(1e300)
        ('10,000,000', '9.662', '1e+300')
    """
    counted = float(value).is_integer() and abs(value) < COUNTED
    return f"{int(value):,}" if counted else f"{value:,.4g}"
