"""`GUIDE`: the guide's own texts, colours and ranges on its figures and its page."""

from __future__ import annotations

from fitscope.report.presentation import Group, Presentation

SIZES = (
    "The number of parameters is a network's capacity, its room for learning rows by heart. Too "
    "small a network cannot fit even what is there, and no formula gives the right size: start "
    "small, grow, and stop where the validation loss gains no more."
)
REGULARIZERS = (
    "Two remedies on the large network. A weight penalty adds to the loss a cost for every weight, "
    "since of two explanations that fit the simpler one is likelier to be right. Dropout switches "
    "off a random half of the units at each step, so that no unit can lean on another. The "
    "smallest network is drawn again as the mark to beat."
)
SECTIONS = "fitscope.guide.page.sections"

GUIDE = Presentation(
    views="fitscope.guide.page.views",
    templates={
        name: f"{SECTIONS}/{name}.html.j2" for name in ("rows", "training", "curves", "comparisons")
    },
    # Found by search: each has a contrast of at least 3 to white and to the page's dark ground, and
    # within a figure any two stay apart under protanopia, deuteranopia and tritanopia.
    palette={
        "Tiny": "#3b94f7",
        "Small": "#90957e",
        "Medium": "#a64b97",
        "Large": "#cf0000",
        "L2": "#d38200",
        "Dropout": "#007551",
        "Combined": "#7a41d2",
    },
    roles={
        "Tiny": "One hidden layer of 16 units: the baseline, and all the others must beat it.",
        "Small": "Two layers of 16 units: does a little more room help?",
        "Medium": "Three layers of 64 units, twenty times Tiny's parameters.",
        "Large": "Four layers of 512 units: far more room than the rows can fill.",
        "L2": "Large with an L2 penalty of 0.001 on its weights.",
        "Dropout": "Large with half of the units dropped at each step.",
        "Combined": "Large with dropout and a light L2 penalty of 0.0001.",
    },
    groups={
        "sizes": Group("Sizes", SIZES, log_epochs=True, first_alone=True),
        "regularizers": Group("Regularizers", REGULARIZERS, one_by_one=True),
    },
    ranges={"binary_crossentropy": (0.5, 0.7)},
    schedule_epochs=5_000,
)
"""The guide draws its curves from 0.5 to 0.7 and its learning rate over 5,000 epochs."""
