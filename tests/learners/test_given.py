"""Objects of the caller's own: recognized in other processes, sent there, never in a folder."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.learners.fingerprint import fingerprint
from fitscope.learners.given import keep, kept, packed, unpack

SCRIPT = """
import numpy as np
from fitscope.learners.fingerprint import fingerprint
scale = 3
def add(x, more={1, 2, 3}, deep={"a": np.arange(3)}):
    inner = lambda y: y + 1
    return inner(x) * scale
class Mine:
    def __init__(self): self.f = add
print(fingerprint(add), fingerprint(Mine()), fingerprint(lambda x: x))
"""


def test_a_fingerprint_is_the_same_in_every_process():
    def told(seed: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    first = told("1")
    assert first == told("2")
    assert len(set(first)) == 3


def test_other_code_and_other_values_have_other_fingerprints():
    def closing_over(number):
        return lambda x: x + number

    different = [
        closing_over(1), closing_over(2), lambda x: x - 1, lambda x: x * 1,
        np.arange(3), np.arange(3.0), [0, 1, 2], (0, 1, 2), {0, 1, 2}, {"a": 1}, {"a": 2},
        True, 1, 1.0, "1", None, np.float32(1), int, float,
    ]  # fmt: skip
    assert len({fingerprint(one) for one in different}) == len(different)
    assert fingerprint(closing_over(1)) == fingerprint(closing_over(1))


def test_what_holds_itself_has_a_fingerprint():
    one: list = [1]
    one.append(one)
    assert fingerprint(one) != fingerprint([1])


@drawn(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.tuples(x, x)))
def test_equal_values_equal_fingerprints(value):
    import copy

    assert fingerprint(value) == fingerprint(copy.deepcopy(value))


def test_what_is_kept_does_not_follow_its_owner():
    mine = {"units": [3]}
    key = keep(mine, "a mapping")
    mine["units"].append(4)
    assert kept(key) == {"units": [3]}
    assert kept(key) is not kept(key)


def test_it_comes_out_as_it_was_packed():
    key = keep(lambda x: x * 7, "a function")
    message = packed(key, "a function")
    unpack(message)
    assert kept(key)(6) == 42


@pytest.mark.parametrize("held", [threading.Lock(), (x for x in "ab")], ids=["lock", "generator"])
def test_what_cannot_be_sent_is_refused_at_once(held):
    with pytest.raises(UserError, match="model cannot be sent to a training process") as caught:
        keep({"held": held}, "model")
    assert "\n" not in str(caught.value)


def test_what_nobody_gave_is_asked_for():
    assert kept("0" * 64) is None
    with pytest.raises(UserError, match="give it again in Python"):
        packed("0" * 64, "my model")
