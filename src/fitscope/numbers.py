"""Scores, and differences of them, as people read them."""

from __future__ import annotations

import math

COUNTED = 1e15  # beyond it a number of steps is none


def number(value: float | None, like: float | None = None) -> str:
    """A score with as many digits as can mean something, whatever its size.

    Args:
        value: the score, None or not finite where there is none.
        like: a number whose decimals it shall have; its own if left out.

    Example:
        >>> number(0.58061234), number(12.3456), number(3057.25), number(1.5e-5), number(None)
        ('0.5806', '12.346', '3,057.2', '0.000015', 'none')
        >>> number(2436287211780067295232.0), number(float("nan"))
        ('2.436e21', 'none')
    """
    if value is None or not math.isfinite(value):
        return "none"
    size = abs(value if like is None or not math.isfinite(like) else like)
    if abs(value) >= 1e9 or 0 < size < 1e-6:
        digits, power = f"{value:.3e}".split("e")
        return f"{digits}e{int(power)}"
    if 0 < size < 1e-3:
        text = f"{value:.{2 - math.floor(math.log10(size))}f}"
        return text.rstrip("0") if float(text) else "0"
    decimals = 4 if size < 10 else max(4 - math.floor(math.log10(size)), 0)
    return f"{value:,.{decimals}f}"


def signed(value: float, like: float | None = None) -> str:
    """A difference with its sign.

    Args:
        value: the difference.
        like: a number whose decimals it shall have, such as the largest of a table.

    Example:
        >>> signed(0.0231), signed(-120.4), signed(0.0004, like=0.02)
        ('+0.0231', '-120.40', '+0.0004')
    """
    told = number(value, like)
    return told if told.startswith("-") or told == "none" else f"+{told}"


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
