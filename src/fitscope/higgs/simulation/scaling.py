"""What the published columns are divided by: GeV and radians to numbers near one.

Found from real rows. Jets' momenta against each other and against m_bb: from m_bb² = 2 p_T,1 p_T,2
(cosh Δη - cos Δφ), which holds to the last digit; all of them in GeV: from the sharp lower edge of
each jet's momentum at one common value, 15 GeV, that makes m_lv and m_jj peak at the W mass.
Derived masses: from the rules in `derived`. Azimuths: ±π is the edge.
"""

from __future__ import annotations

from itertools import chain

import numpy as np

TAG_UNITS = (1.0865381, 1.1074361, 1.2741122, 1.5509807)
"""A weak tag of jets 1 to 4; a strong one is twice that."""

_JET_PT = (109.199, 79.452, 56.959, 41.098)
_JET_ETA = (1.00996, 1.02943, 1.09851, 1.20102)
_JET_PHI = (1.80349, 1.80233, 1.80267, 1.80200)
_LEPTON = (54.54, 1.0267, 1.80323)
_MISSING = (58.32, 1.80168)
_MASSES = (87.714, 179.745, 81.414, 195.21, 126.61, 336.3, 511.57)

_JETS = zip(_JET_PT, _JET_ETA, _JET_PHI, (1 / unit for unit in TAG_UNITS), strict=True)
SCALES = np.array([*_LEPTON, *_MISSING, *chain.from_iterable(_JETS), *_MASSES], np.float32)
"""One for each of the 28 features: GeV for momenta and masses, radians for azimuths."""
