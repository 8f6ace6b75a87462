"""Figures, shares and chances, as a person would write them."""

from __future__ import annotations


def figure(value: float) -> str:
    """A number with three or four figures, as a person would write it.

    Example:
        >>> figure(0.58961), figure(12.3456), figure(0.000123), figure(2.4362872e21)
        ('0.5896', '12.35', '0.000123', '2.44e21')
    """
    if value != 0 and abs(value) < 0.01:
        return f"{value:.3g}"
    if abs(value) >= 1e7:
        return f"{value:.3g}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def share(value: float, of: str = "") -> str:
    """A share in per cent, or how many times from ten times on.

    Args:
        value: the share.
        of: what it is a share of; not said if left out.

    Example:
        >>> share(0.0345), share(3.2, "the best"), share(26.11, "the best")
        ('3.5 %', '320 % of the best', '26 times the best')
    """
    if abs(value) >= 10:
        return f"{figure(float(f'{value:.0f}'))} times{of and f' {of}'}"
    told = f"{100 * value:.1f} %" if abs(value) < 0.1 else f"{100 * value:.0f} %"
    return f"{told} of {of}" if of else told


def two_chances(here: float | None, elsewhere: float | None) -> str:
    """Of a rise: how sure it is on the rows at hand, and that other rows would show it, too.

    Example:
        >>> two_chances(0.998, 0.66)
        ' On these validation rows that is >99 % sure; that other rows would show it, too, 66 %.'
        >>> two_chances(0.998, None)
        ''
    """
    if here is None or elsewhere is None:
        return ""
    return (
        f" On these validation rows that is {sure(here)} sure; that other rows would show it, too, "
        f"{sure(elsewhere)}."
    )


def sure(chance: float) -> str:
    """How sure something is: whole per cent, never all of it. The one place that words it.

    Example:
        >>> sure(0.934), sure(0.994), sure(0.9987), sure(0.001)
        ('93 %', '99 %', '>99 %', '<1 %')
    """
    if chance >= 0.995:
        return ">99 %"
    return "<1 %" if chance < 0.005 else f"{100 * chance:.0f} %"
