"""How things look everywhere: models' colours, verdicts' colours and signs, a figure's dress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitscope.diagnosis.rules import UNDECIDED

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

    from fitscope.verdicts.verdict import Verdict

# Found by search: each has a contrast of at least 3 to white and to the page's dark ground.
COLOURS = (
    "#fe40cf",
    "#6562ff",
    "#7e5e23",
    "#538856",
    "#c96116",
    "#768aca",
    "#b171a5",
    "#c12074",
    "#8f59bb",
    "#3b94f7",
    "#90957e",
    "#a64b97",
    "#cf0000",
    "#d38200",
    "#007551",
    "#7a41d2",
)


def colours(names: Iterable[str], own: Mapping[str, str] | None = None) -> dict[str, str]:
    """A colour for each name.

    Args:
        names: all models of a study, in the study's order.
        own: names that always have a colour of their own; the others take, in their order, those
            that are left. After sixteen models colours come back.

    Returns:
        Name to colour, as `#rrggbb`.

    Example:
        >>> colours(["Tiny", "1024x4"], {"Tiny": "#3b94f7"})
        {'Tiny': '#3b94f7', '1024x4': '#fe40cf'}
    """
    names = list(dict.fromkeys(names))
    fixed = {name: own[name] for name in names if own and name in own}
    free = [colour for colour in COLOURS if colour not in fixed.values()]
    others = (name for name in names if name not in fixed)
    chosen = {name: free[number % len(free)] for number, name in enumerate(others)}
    return {name: fixed.get(name) or chosen[name] for name in names}


@dataclass(frozen=True)
class Look:
    """How a verdict looks: never told by colour alone.

    Attributes:
        word: the label as a heading has it.
        sign: a sign for it.
        terminal: colour in a terminal's own palette.
        anywhere: colour that can be read on any ground, for notebooks.
        light: ink and ground on a light page.
        dark: ink and ground on a dark page.
    """

    word: str
    sign: str
    terminal: str
    anywhere: str
    light: tuple[str, str]
    dark: tuple[str, str]


LOOKS = {
    "underfit": Look(
        "Underfit", "▽", "yellow", "#b06c00", ("#7a5200", "#faf1da"), ("#ecc365", "#332811")
    ),
    "good": Look("Good", "●", "green", "#1a7f37", ("#17663f", "#e5f4ec"), ("#74d3a0", "#14301f")),
    "overfit": Look(
        "Overfit", "▲", "red", "#d1242f", ("#a82a12", "#fcebe6"), ("#ff9a83", "#3a1d17")
    ),
    "improving": Look(
        "Improving", "↘", "blue", "#0969da", ("#1d5b9e", "#e6f0fb"), ("#8cbcf5", "#182a40")
    ),
    "unstable": Look(
        "Unstable", "≈", "magenta", "#8250df", ("#6b3fa0", "#f1eafa"), ("#c9a8f5", "#2a2039")
    ),
    "too few": Look(
        "Too few epochs", "…", "default", "#6e7781", ("#4c5563", "#e9ecf0"), ("#b6c0ce", "#2a3039")
    ),
}
"""Label to its look, in the order in which counts are told."""

OPEN = Look("Open", "?", "default", "#6e7781", ("#566070", "#f6f7f9"), ("", ""))
"""No label is likelier than not: none is shown."""


def label_counts(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Label to how many verdicts wear it, in words such as "3 overfit"; those that occur."""
    counts = Counter("open" if one.undecided else one.label for one in verdicts)
    looks = {**LOOKS, "open": OPEN}
    return {
        label: f"{counts[label]} {look.word.lower()}"
        for label, look in looks.items()
        if counts[label]
    }


NONE = Look("No verdict yet", "–", "default", "#6e7781", ("#566070", "#f6f7f9"), ("", ""))

STRONG = 0.9
"""From this confidence on a verdict wears its full colour. A label that is little surer than a
coin would otherwise catch the eye as much as one that is all but certain."""


@dataclass(frozen=True)
class Badge:
    """A verdict ready to be shown.

    Attributes:
        label: the label, "open" where it is less likely than not, "none" without a verdict.
        look: its word, sign and colours.
        strong: whether it is sure enough for its full colour.

    Example:
        >>> one = badge("overfit", 0.52)
        >>> one.look.word, one.strong, one.css, badge("overfit", 0.99).css
        ('Overfit', False, 'overfit unsure', 'overfit')
        >>> badge("overfit", 0.37).look.word
        'Open'
    """

    label: str
    look: Look
    strong: bool

    @property
    def css(self) -> str:
        """Its classes on the page."""
        name = self.label.replace(" ", "-")
        return name if self.strong else f"{name} unsure"

    @property
    def square(self) -> str:
        """A square to be coloured: full, or only its outline where little is sure."""
        return "■" if self.strong else "□"


def badge(label: str | None, confidence: float | None = None) -> Badge:
    """How a verdict is shown.

    Args:
        label: of the verdict, None where there is none.
        confidence: how sure it is; None for a label that is only named.
    """
    if label not in LOOKS:
        return Badge("none", NONE, True)
    if confidence is not None and confidence < UNDECIDED:
        return Badge("open", OPEN, False)
    return Badge(label, LOOKS[label], confidence is None or confidence >= STRONG)


INK = "#1b1f24"
MUTED = "#667080"
PAPER = "#ffffff"
WARNING = "#b8400a"
PLAIN = "#3f6ea8"  # where a colour stands for no model
FIGURE: dict[RcKeyType, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with Matplotlib: the same on every machine
    "font.size": 10.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": MUTED,
    "grid.alpha": 0.2,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: small files, any script, readable by machines
    "svg.hashsalt": "fitscope",  # the same study gives the same bytes
}
"""Matplotlib's settings; the page gives the same colours to its own light and dark dress."""
