"""Histories in numbers: curve, trend, noise, turn, labels, comparisons. NumPy and SciPy alone."""
