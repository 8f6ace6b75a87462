"""Random numbers by counting: each candidate event has its own stream, whoever asks for it.

A generator with a state would tie an event to all events before it: one candidate that falls on
the other side of a cut on another machine would shift every row that follows. Here a number is a
hash of (seed, row, attempt, position in the stream), so a row depends on nothing but its own place.
The hash is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Shaped, UInt64

_STEP = np.uint64(0x9E3779B97F4A7C15)
_ATTEMPT = np.uint64(0xD1B54A32D192ED03)
_MULTIPLY_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2 = np.uint64(0x94D049BB133111EB)


def _mixed(z: UInt64[np.ndarray, " n"]) -> UInt64[np.ndarray, " n"]:
    """SplitMix64's output function, in place."""
    work = z >> np.uint64(30)
    z ^= work
    z *= _MULTIPLY_1
    np.right_shift(z, np.uint64(27), out=work)
    z ^= work
    z *= _MULTIPLY_2
    np.right_shift(z, np.uint64(31), out=work)
    z ^= work
    return z


class Draws:
    """One stream of random numbers for each of n candidate events.

    Args:
        seed: chosen by the user, at least 0.
        rows: row number of each candidate in the endless table of events.
        attempts: how many candidates of this row were tried before.

    Example:
        >>> draws = Draws(seed=1, rows=np.arange(4), attempts=np.zeros(4, int))
        >>> u, v = draws.uniform_pair()
        >>> bool(((0 < u) & (u < 1)).all()), u.dtype
        (True, dtype('float32'))
        >>> again = Draws(seed=1, rows=np.arange(2, 4), attempts=np.zeros(2, int))
        >>> bool((again.uniform_pair()[0] == u[2:]).all())
        True
    """

    def __init__(
        self, seed: int, rows: Shaped[np.ndarray, " n"], attempts: Shaped[np.ndarray, " n"]
    ) -> None:
        key = _mixed(np.array([seed & (2**64 - 1)], np.uint64))
        state = _mixed(key + rows.astype(np.uint64) * _STEP)
        self._state = _mixed(state + attempts.astype(np.uint64) * _ATTEMPT)

    def keep(self, chosen: Shaped[np.ndarray, " n"]) -> None:
        """Go on with some of the candidates only; their streams are not disturbed."""
        self._state = self._state[chosen]

    def uniform_pair(self) -> tuple[Float32[np.ndarray, " n"], Float32[np.ndarray, " n"]]:
        """Two numbers for each candidate, inside (0, 1), never 0 or 1."""
        self._state += _STEP
        bits = _mixed(self._state.copy()).view(np.uint32).reshape(-1, 2).T
        bits = np.right_shift(bits, np.uint32(9), order="C")
        bits |= np.uint32(0x3F800000)
        u = bits.view(np.float32)
        u -= np.float32(1 - 2**-24)
        return u[0], u[1]

    def normal_pair(self) -> tuple[Float32[np.ndarray, " n"], Float32[np.ndarray, " n"]]:
        """Two standard normal numbers for each candidate (Box and Muller, 1958)."""
        u, v = self.uniform_pair()
        np.log(u, out=u)
        u *= np.float32(-2)
        np.sqrt(u, out=u)
        v *= np.float32(2 * np.pi)
        cosine = np.cos(v)
        cosine *= u
        np.sin(v, out=v)
        v *= u
        return cosine, v
