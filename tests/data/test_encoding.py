"""Features are what scikit-learn's transformers make, finite, and learnt on training rows alone."""

from __future__ import annotations

import datetime as dt
import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import OneHotEncoder, RobustScaler

from fitscope.data.columns import look_at
from fitscope.data.encoding import Encoding, smooth_clip
from fitscope.data.inputs import taken
from fitscope.data.learnt_file import unpack
from fitscope.data.table import read_table
from fitscope.errors import UserError

ROWS = 300
RANDOM = np.random.default_rng(0)


def rows(count: int = ROWS) -> dict[str, Any]:
    lands = RANDOM.choice(["DE", "FR", "IT", None], count, p=[0.5, 0.3, 0.15, 0.05])
    lands[:3] = ["MT", "LU", "LI"]  # rare ones
    day = dt.datetime(2020, 1, 1)
    return {
        "wide": (10 ** RANDOM.normal(0, 3, count)).tolist(),
        "gaps": [None if i % 7 == 0 else i / 10 for i in range(count)],
        "flag": [None if i % 11 == 0 else i % 3 == 0 for i in range(count)],
        "land": lands.tolist(),
        "when": [day + dt.timedelta(hours=37 * i) for i in range(count)],
        "y": RANDOM.choice(["no", "yes"], count).tolist(),
    }


def fitted(given: dict[str, Any], target: str = "y") -> Encoding:
    table = read_table(given)
    return Encoding.fit(table, look_at(table, target))


def features(encoding: Encoding, given: Any) -> dict[str, list[float]]:
    x = encoding.transform(given)
    assert x.dtype == np.float32
    return dict(zip(encoding.names, x.T.tolist(), strict=True))


def test_features_are_what_scikit_learns_transformers_make():
    given = rows()
    encoding = fitted(given)
    values = taken(read_table(given), encoding.inputs)
    kinds = [one.kind for one in encoding.inputs]

    def of(*wanted: str) -> np.ndarray:
        return np.column_stack(
            [one for one, kind in zip(values, kinds, strict=True) if kind in wanted]
        )

    numbers, flags = of("number", "date"), of("boolean")
    zero = SimpleImputer(strategy="constant", fill_value=0.0)
    scaled = smooth_clip(zero.fit_transform(RobustScaler().fit_transform(numbers)))
    commoner = SimpleImputer(strategy="most_frequent").fit_transform(flags)
    missing = MissingIndicator().fit_transform(np.hstack([numbers, flags]))
    levels = [np.array(encoding.categories[0].levels, object)]
    one_hot = OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False)
    theirs = np.hstack([scaled, commoner, missing, one_hot.fit_transform(of("category"))])
    np.testing.assert_allclose(encoding.transform(given), theirs, rtol=1e-6, atol=1e-7)


def test_numbers_are_scaled_as_scikit_learn_scales_them():
    given = rows()
    found = features(fitted(given), given)
    for name in ("wide", "gaps"):
        column = np.array(given[name], float)[:, None]
        filled = SimpleImputer(strategy="median").fit_transform(column)
        scaler = RobustScaler().fit(column)
        expected = smooth_clip(scaler.transform(filled))[:, 0]
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6)
    assert found["gaps missing"] == [float(i % 7 == 0) for i in range(ROWS)]
    assert max(map(abs, found["wide"])) <= 3


def test_categories_are_scikit_learns_with_rare_ones_pooled_and_unseen_ones_nothing():
    given = rows()
    encoding = fitted(given)
    found = features(encoding, given)
    common = ["DE", "FR", "IT"]
    theirs = OneHotEncoder(categories=[common], handle_unknown="ignore", sparse_output=False)
    expected = theirs.fit_transform([[land or ""] for land in given["land"]])
    for place, land in enumerate(common):
        assert found[f"land={land}"] == expected[:, place].tolist()
    assert found["land=(missing)"] == [float(land is None) for land in given["land"]]
    assert not any(f"land={land}" in found for land in ("MT", "LU", "LI"))
    new = {name: values[:2] for name, values in given.items()} | {"land": ["XX", None]}
    later = features(encoding, new)
    assert [later[f"land={land}"] for land in (*common, "(missing)")] == [[0, 0]] * 3 + [[0, 1]]


def test_booleans_and_dates():
    given = rows()
    encoding = fitted(given)
    found = features(encoding, given)
    assert found["flag"][1:4] == [0, 0, 1]
    assert (found["flag"][0], found["flag missing"][0]) == (0, 1)  # False is commoner
    assert {"when", "when month", "when weekday", "when hour"} <= set(found)
    assert all(np.diff(found["when"]) > 0)
    assert encoding.column_of[encoding.names.index("when hour")] == "when"
    days = {**given, "when": [f"2020-01-{i % 28 + 1:02}" for i in range(ROWS)]}
    assert not {"when month", "when hour"} & set(features(fitted(days), days))


def test_many_categories_become_64_features_at_most():
    given = {
        "c": [f"k{i % 100}" for i in range(3_000)],
        "x": list(range(3_000)),
        "y": [0, 1] * 1500,
    }
    assert sum(name.startswith("c=") for name in fitted(given).names) == 64


def test_what_columns_look_like_in_another_frame_does_not_matter():
    given = rows()
    encoding = fitted(given)
    expected = encoding.transform(given)
    frame = read_table(given).frame
    shuffled = frame.select(sorted(frame.columns, reverse=True)).with_columns(more=pl.lit("x"))
    texts = frame.with_columns(pl.col("wide", "gaps").cast(pl.String))
    for other in (shuffled, texts, frame.drop("y"), frame.to_pandas(), frame.to_dict()):
        np.testing.assert_array_equal(encoding.transform(other), expected)


def test_validation_rows_change_nothing():
    given = rows(200)
    table = read_table(given)
    columns = look_at(table, "y")
    changed = {name: values[:150] + list(reversed(values[:50])) for name, values in given.items()}
    train = np.arange(150)
    first = Encoding.fit(table.take(train), columns)
    second = Encoding.fit(read_table(changed).take(train), columns)
    assert first.names == second.names
    np.testing.assert_array_equal(first.transform(given), second.transform(given))


def test_a_category_of_digits_is_read_as_text_again(tmp_path: Path):
    """Another file may hold nothing but digits, or one date that could be read another way."""
    count = 60
    given = {
        "code": ["7", "07", "A"] * (count // 3),
        "when": [f"{i % 28 + 1:02}/{i % 12 + 1:02}/2024" for i in range(count)],
        "y": [0, 1] * (count // 2),
    }
    encoding = fitted(given)
    path = tmp_path / "new.csv"
    path.write_text("code,when\n07,03/04/2024\n7,04/03/2024\n")
    table = read_table(path, texts=encoding.texts)
    found = features(encoding, table)
    assert (found["code=07"], found["code=7"]) == ([1, 0], [0, 1])
    assert found["when month"][0] > found["when month"][1]  # April, then March


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gaps": ["x"] + ["1"] * 9}, "column 'gaps', row 1: 'x' is no number"),
        ({"gaps": [1.0, math.inf] + [1.0] * 8}, "column 'gaps', row 2: the value is infinite"),
        ({"flag": ["maybe"] * 10}, "column 'flag', row 1: 'maybe' is no boolean"),
        ({"when": ["2020-01-01"] * 9 + ["soon"]}, "column 'when', row 10: 'soon' is no date"),
        ({"when": [3] * 10}, "column 'when', row 1: '3' is no date"),
        ({"gaps": [dt.date(2020, 1, 1)] * 10}, "column 'gaps', row 1: '2020-01-01' is no number"),
    ],
)
def test_values_of_another_kind_are_named(change: dict[str, list], said: str):
    given = rows()
    few = {name: values[:10] for name, values in given.items()}
    with pytest.raises(UserError) as refusal:
        fitted(given).transform({**few, **change})
    assert str(refusal.value).startswith(said)


def test_a_column_that_is_not_there_is_named():
    given = rows()
    with pytest.raises(UserError, match="no column is called 'gaps'; is it 'gap'"):
        fitted(given).transform({("gap" if k == "gaps" else k): v for k, v in given.items()})


def test_a_stored_encoding_comes_back(tmp_path: Path):
    given = rows()
    encoding = fitted(given)
    path = tmp_path / "encoding.json"
    path.write_bytes(encoding.packed(of="these rows"))
    back = unpack(path, "these rows", Encoding.from_dict)
    assert back.codes == encoding.codes
    np.testing.assert_array_equal(back.transform(given), encoding.transform(given))
    with pytest.raises(UserError, match=r"encoding\.json: belongs to other rows"):
        unpack(path, "others", Encoding.from_dict)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "written by a newer fitscope"),
        ({"codes": [{"column": "a"}]}, "damaged encoding"),
        ({"codes": 3}, "damaged encoding"),
        ({"scale": 0.0}, "damaged encoding"),
        ({"levels": [1]}, "damaged encoding"),
    ],
)
def test_a_damaged_or_newer_file_is_refused(change: dict[str, Any], said: str, tmp_path: Path):
    path = tmp_path / "encoding.json"
    path.write_bytes(fitted(rows()).packed(of="these rows"))
    stored = json.loads(path.read_text("utf-8"))
    of_file = {key: value for key, value in change.items() if key in stored}
    stored["codes"][0].update({key: value for key, value in change.items() if key not in stored})
    path.write_text(json.dumps(stored | of_file))
    with pytest.raises(UserError, match=said):
        unpack(path, "these rows", Encoding.from_dict)
    path.write_text(path.read_text()[:50])
    with pytest.raises(UserError, match="damaged encoding"):
        unpack(path, "these rows", Encoding.from_dict)
    path.unlink()
    with pytest.raises(UserError, match="no such encoding"):
        unpack(path, "these rows", Encoding.from_dict)


FINITE = st.floats(-1e100, 1e100) | st.floats(-1e-300, 1e-300) | st.none()


@given(
    train=st.lists(FINITE, min_size=10, max_size=40),
    later=st.lists(FINITE, min_size=1, max_size=20),
    lands=st.lists(st.sampled_from(["a", "b", "", "é", "_"]) | st.none(), min_size=10, max_size=10),
)
@settings(deadline=None, max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_features_are_finite_for_any_finite_numbers(
    train: list[float | None], later: list[float | None], lands: list[str | None]
):
    given = {
        "x": pl.Series(train, dtype=pl.Float64),
        "c": (lands * 4)[: len(train)],
        "base": list(range(len(train))),
        "y": (["n", "y"] * len(train))[: len(train)],
    }
    new = {"x": pl.Series(later, dtype=pl.Float64), "c": (lands * 2)[: len(later)]}
    new["base"] = [1] * len(later)
    with warnings.catch_warnings(action="error"):
        encoding = fitted(given)
        for some in (given, new):
            x = encoding.transform(some)
            assert np.isfinite(x).all()
            assert np.abs(x).max() <= 3


def test_tiny_units_and_columns_that_are_mostly_zero_keep_their_spread():
    """Where scikit-learn divides by 1: quartiles that coincide, or are closer than 1e-15."""
    count = 200
    given = {
        "tiny": (np.arange(count) * 1e-20).tolist(),
        "spiked": [0.0] * (count - 4) + [10.0, 20.0, 30.0, 40.0],
        "y": [0, 1] * (count // 2),
    }
    found = features(fitted(given), given)
    quartile = smooth_clip(np.array(1 / 2))
    assert abs(found["tiny"][149] - quartile) < 0.02
    assert found["spiked"][-1] == pytest.approx(smooth_clip(np.array(2.0)))
