"""Names of models as names of files."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from fitscope.names import slugs

names = st.lists(st.text() | st.sampled_from(["Tiny", "tiny", "a", "a-2", "..", "con"]), max_size=8)


@given(names=names)
@example(["a", "a", "a-2", "A"])
@example(["a-2", "a", "a"])
@example(["x" * 300, "x" * 300, "X" * 61])
@example(["x" * 59 + ".y", "x" * 59 + "-y"])
@example(["..", ".", "", "/", "../../etc/passwd", ".hidden", "-rf"])
def test_slugs_are_safe_unique_and_stable(names: list[str]):
    found = slugs(names)
    assert len(set(found)) == len(found) == len(names)
    for slug in found:
        assert re.fullmatch(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", slug)
        assert len(slug) <= 70
    for end in range(len(names)):  # a model added later changes no slug
        assert slugs(names[:end]) == found[:end]


def test_slugs_look_like_their_names():
    assert slugs(["Tiny", "L2", "1024x4", "my model (v2)", "Größe"]) == [
        "tiny", "l2", "1024x4", "my-model-v2", "gr-e"
    ]  # fmt: skip
