"""The columns of HIGGS, and what a row of them must be.

Baldi, Sadowski, Whiteson: Searching for exotic particles in high-energy physics with deep
learning, Nature Communications 5, 2014; published by UCI under CC BY 4.0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from fitscope.errors import UserError

LABEL = "signal"
FEATURE_NAMES = (
    "lepton_pT",
    "lepton_eta",
    "lepton_phi",
    "missing_energy_magnitude",
    "missing_energy_phi",
    "jet_1_pt",
    "jet_1_eta",
    "jet_1_phi",
    "jet_1_b-tag",
    "jet_2_pt",
    "jet_2_eta",
    "jet_2_phi",
    "jet_2_b-tag",
    "jet_3_pt",
    "jet_3_eta",
    "jet_3_phi",
    "jet_3_b-tag",
    "jet_4_pt",
    "jet_4_eta",
    "jet_4_phi",
    "jet_4_b-tag",
    "m_jj",
    "m_jjj",
    "m_lv",
    "m_jlv",
    "m_bb",
    "m_wbb",
    "m_wwbb",
)
COLUMNS = (LABEL, *FEATURE_NAMES)


def refuse_bad_values(
    block: Float32[np.ndarray, "rows columns"], first_row: int, where: str, columns: Sequence[str]
) -> None:
    """Make sure that every value of a block is finite and every label 0 or 1.

    Args:
        block: rows, label first.
        first_row: the number of the first one in its file, from 1.
        where: what the error message calls the file.
        columns: one name a column, the label's first.

    Raises:
        UserError: names the first row that is anything else, and the column.

    Example:
        >>> refuse_bad_values(np.array([[1, 2], [0, np.nan]], np.float32), 1, "x", ("label", "a"))
        Traceback (most recent call last):
        fitscope.errors.UserError: x: row 2: column a: no finite number; mend or remove that row
    """
    bad = ~np.isfinite(block)
    bad[:, 0] |= (block[:, 0] != 0) & (block[:, 0] != 1)
    if not bad.any():
        return
    row = int(np.argmax(bad.any(axis=1)))
    column = int(np.argmax(bad[row]))
    value = block[row, column]
    problem = f"{value:g} is neither 0 nor 1" if np.isfinite(value) else "no finite number"
    raise UserError(
        f"{where}: row {first_row + row}: column {columns[column]}: {problem}; mend or remove "
        "that row"
    )
