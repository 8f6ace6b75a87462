"""How figures look; the page gives the same colours to its own light and dark dress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

INK = "#1b1f24"
MUTED = "#667080"
PAPER = "#ffffff"
WARNING = "#b8400a"
PLAIN = "#3f6ea8"  # where a colour stands for no model
STYLE: dict[RcKeyType, Any] = {
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
