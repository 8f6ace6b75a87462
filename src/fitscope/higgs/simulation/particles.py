"""Masses and widths that the simulation takes as given, in GeV (c = 1)."""

W_MASS, W_WIDTH = 80.4, 2.09
"""PDG, rounded; the published rows use 80.4 for the neutrino and for m_jj (see `derived`)."""
TOP_MASS, TOP_WIDTH = 172.5, 1.4
"""PDG."""
B_MASS = 4.7
"""Pole mass, PDG."""
LIGHT_HIGGS_MASS = 125.0
"""h⁰; its width of 4 MeV (PDG) is left out. All three masses: Baldi et al. 2014."""
CHARGED_HIGGS_MASS, CHARGED_HIGGS_WIDTH = 325.0, 3.0
HEAVY_HIGGS_MASS, HEAVY_HIGGS_WIDTH = 425.0, 4.0
"""Baldi et al. give no widths. One percent of the mass stays far below the jets' resolution."""
LONGITUDINAL_SHARE = 0.69
"""Of the W from a top quark (PDG); m_t² / (m_t² + 2 m_W²) = 0.70 at leading order."""
