"""One colour a model, the same in figures, on the console and on the page."""

from __future__ import annotations

from collections.abc import Iterable

# Found by search: each has a contrast of at least 3 to white and to the page's dark ground, and
# within a figure of the guide any two stay apart under protanopia, deuteranopia and tritanopia.
GUIDE = {
    "Tiny": "#3b94f7",
    "Small": "#90957e",
    "Medium": "#a64b97",
    "Large": "#cf0000",
    "L2": "#d38200",
    "Dropout": "#007551",
    "Combined": "#7a41d2",
}
OTHERS = (
    "#fe40cf",
    "#6562ff",
    "#7e5e23",
    "#538856",
    "#c96116",
    "#768aca",
    "#b171a5",
    "#c12074",
    "#8f59bb",
)


def colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name.

    The guide's seven models always have their own. Other names take, in their order, the
    colours that none of `names` has; after sixteen models colours come back.

    Args:
        names: all models of a study, in the study's order.

    Returns:
        Name to colour, as `#rrggbb`.

    Example:
        >>> colours(["Tiny", "1024x4"])
        {'Tiny': '#3b94f7', '1024x4': '#fe40cf'}
    """
    names = list(dict.fromkeys(names))
    free = [*OTHERS, *(colour for name, colour in GUIDE.items() if name not in names)]
    others = (name for name in names if name not in GUIDE)
    chosen = {name: free[number % len(free)] for number, name in enumerate(others)}
    return {name: GUIDE.get(name) or chosen[name] for name in names}
