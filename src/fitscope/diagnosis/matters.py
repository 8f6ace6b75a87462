"""How large a rise must be to matter, however sure it is."""

from __future__ import annotations

SHARE_OF_FALL = 0.05
SHARE_OF_LOSS = 0.02
ALWAYS = 0.20  # of the lowest loss
SEEN = 0.001  # of the fall after the first epoch


def needed_rise(fall: float, least: float, later_fall: float = 0.0) -> float:
    """The smallest rise that matters.

    A twentieth of what training had gained on the validation rows; but not less than 2 % of
    the lowest loss, and a rise by 20 % of the lowest loss always matters (a huge first value
    would otherwise hide it), unless it is below a thousandth of what was gained after the first
    epoch: a loss that has fallen from 1 to nothing rises by many times itself in rounding alone.

    Args:
        fall: how far the validation trend fell from its start to its minimum.
        least: the loss at the minimum; where it is not positive (log-likelihoods of
            densities, accuracies turned round) its size counts.
        later_fall: how far the trend fell after its first epoch.

    Returns:
        The rise, in units of the loss.

    Example:
        >>> round(needed_rise(fall=0.1, least=0.6), 4), round(needed_rise(fall=0.9, least=0.3), 4)
        (0.012, 0.045)
    """
    size = abs(least)
    return max(
        SHARE_OF_LOSS * size, min(SHARE_OF_FALL * fall, ALWAYS * size), SEEN * later_fall, 0.0
    )
