"""Each check finds what was planted for it, and nothing in the same table without it."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from examination.checks.made_up import numeric, ordinary, seen

from fitscope.examination.checks.table import CHECKS

ROWS = 1_500
RANDOM = np.random.default_rng(1)
IS_YES = np.array(ordinary()["target"]) == "yes"


def with_column(values, name="planted", table=None) -> dict:
    return {**(table or ordinary()), name: values}


def many_labels() -> dict:
    return ordinary(labels=("a", "b", "c", "d"))


def one_of_four() -> dict:
    """A column that is filled in for one class of four only."""
    table = many_labels()
    return with_column([1.5 if label == "c" else None for label in table["target"]], table=table)


def coded(table: dict, share: float) -> dict:
    wrong = RANDOM.random(ROWS) < share
    codes = np.where(wrong, RANDOM.permutation(table["target"]), table["target"])
    return with_column([f"code {code}" for code in codes], table=table)


def twice(columns: dict, share: float) -> pl.DataFrame:
    frame = pl.DataFrame(columns)
    return pl.concat([frame, frame[RANDOM.choice(len(frame), round(share * len(frame)))]])


def later(move) -> dict:
    """Rows have an order, and the last two fifths are changed."""
    table = with_column(np.arange(ROWS), "when")
    move(table, np.arange(ROWS) >= 0.6 * ROWS)
    return table


def move_age(table: dict, late: np.ndarray) -> None:
    table["age"] = table["age"] + 8.0 * late


def more_yes(table: dict, late: np.ndarray) -> None:
    yes = RANDOM.random(ROWS) < np.where(late, 0.7, 0.4)
    table["target"] = np.where(yes, "yes", "no").tolist()


def new_jobs(table: dict, late: np.ndarray) -> None:
    table["job"] = np.where(late & (RANDOM.random(ROWS) < 0.3), "pilot", table["job"]).tolist()


def contradicting(columns: dict) -> pl.DataFrame:
    """Rows once more with the other label."""
    frame = pl.DataFrame(columns)
    other = pl.when(pl.col("target") == "yes").then(pl.lit("no")).otherwise(pl.lit("yes"))
    return pl.concat([frame, frame[:200].with_columns(other.alias("target"))])


def hours(count: int) -> list[datetime.datetime]:
    return [datetime.datetime(2026, 1, 1) + datetime.timedelta(hours=i) for i in range(count)]


def wide(rows: int) -> dict:
    noise = RANDOM.normal(size=(rows, 200))
    return ordinary(rows) | {f"gene {i}": noise[:, i] for i in range(200)}


PLANTED = [
    ("FS101", coded(ordinary(), 0.02), {}, ("planted",)),
    ("FS101", with_column([None if yes else 3.0 for yes in IS_YES]), {}, ("planted",)),
    ("FS101", coded(many_labels(), 0.02), {}, ("planted",)),
    ("FS101", one_of_four(), {}, ("planted",)),
    (
        "FS101",
        with_column(2 * numeric()["target"] + RANDOM.normal(size=ROWS), table=numeric()),
        {"task": "regression"},
        ("planted",),
    ),
    ("FS102", with_column(RANDOM.permutation(ROWS) + 70_001), {}, ("planted",)),
    ("FS102", with_column(np.sort(RANDOM.choice(10**9, ROWS, replace=False))), {}, ("planted",)),
    ("FS102", with_column(RANDOM.choice(10**9, ROWS, replace=False), "CustomerID"), {}, None),
    ("FS103", twice(ordinary(), 0.05), {}, ()),
    ("FS104", later(move_age), {"order_by": "when"}, ("age",)),
    ("FS105", ordinary(400), {"test": 0.2, "folds": 4}, ()),
    ("FS106", ordinary() | {"target": ["rare"] * 12 + ordinary()["target"][12:]}, {}, ()),
    ("FS107", contradicting(ordinary()), {}, ()),
    ("FS108", with_column([f"p{i // 4}" for i in range(ROWS)], "patient"), {}, ("patient",)),
    ("FS108", with_column(np.arange(ROWS) // 3 + 5_000, "user_id"), {}, ("user_id",)),
    ("FS109", with_column([1.0 * i if i % 40 == 0 else None for i in range(ROWS)]), {}, None),
    ("FS110", ordinary() | {"target": ["no"] * 1_400 + ["yes"] * 100}, {}, ()),
    (
        "FS111",
        numeric() | {"target": np.exp(numeric()["target"] / 15)},
        {"task": "regression"},
        (),
    ),
    ("FS112", later(new_jobs), {"order_by": "when"}, ("job",)),
    ("FS113", wide(200), {}, ()),
    ("FS114", later(more_yes), {"order_by": "when"}, ()),
    ("FS115", with_column(hours(ROWS), "at"), {}, ("at",)),
    ("FS116", with_column(np.where(IS_YES, 9_999, np.arange(ROWS) % 90)), {}, ("planted",)),
    ("FS117", with_column(["?" if i % 9 == 0 else f"{i % 300}.5" for i in range(ROWS)]), {}, None),
    ("FS118", with_column(np.where(IS_YES, "one land", "One land")), {}, ("planted",)),
]


@pytest.mark.parametrize(("code", "table", "how", "columns"), PLANTED)
def test_it_is_found(code, table, how, columns):
    found = CHECKS[code](seen(table, **how))
    assert found is not None, code
    assert found.code == code
    assert columns is None or found.columns == columns
    assert found.text.endswith(".")
    assert not found.title.endswith(".")
    assert "\n" not in found.title + found.text


UNTOUCHED = {
    "two labels": (ordinary(3_000, seed=5), {}),
    "four labels": (ordinary(3_000, seed=6, labels=("a", "b", "c", "d")), {}),
    "a number": (numeric(3_000, seed=7), {"task": "regression"}),
    "in order": (
        ordinary(3_000, seed=8) | {"when": np.random.default_rng(3).permutation(3_000)},
        {"order_by": "when"},
    ),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_an_ordinary_table_is_not_accused(name):
    table, how = UNTOUCHED[name]
    looked = seen(table, **how)
    found = [code for code, check in CHECKS.items() if check(looked) is not None]
    # Four labels that hardly differ take more validation rows than these: that is no accusation.
    assert set(found) <= {"FS105"}


def test_few_discrete_columns_have_equal_rows_by_nature():
    """A questionnaire of six answers: most rows have a twin elsewhere, and none was copied."""
    random = np.random.default_rng(2)
    table = {f"answer {i}": random.integers(1, 4, 3_000) for i in range(6)}
    table["target"] = np.where(random.random(3_000) < 0.4, "yes", "no")
    looked = seen(table)
    twins = looked.blocks.sum(axis=1)
    assert np.isin(twins[looked.validation], twins[looked.train]).mean() > 0.9
    assert CHECKS["FS103"](looked) is None


def test_a_test_file_with_training_rows():
    frame = pl.DataFrame(ordinary())
    test = pl.concat([frame[1_200:], frame[:30]])
    found = CHECKS["FS103"](seen(frame[:1_200], test=test))
    assert found is not None
    assert "30 of 330 test rows looked at" in found.text
    assert CHECKS["FS103"](seen(frame[:1_200], test=frame[1_200:])) is None


def test_a_leak_with_a_copy_is_found_twice():
    """Two columns that give the target away hide neither each other nor themselves."""
    yes = np.where(IS_YES, 1.0, 0.0)
    found = CHECKS["FS101"](seen(with_column(yes) | {"again": 3 * yes + RANDOM.normal(size=ROWS)}))
    assert found is not None
    assert "planted" in found.columns


def test_a_good_column_is_no_leak():
    """It explains most of the target, and others together do, too."""
    random = np.random.default_rng(4)
    x = random.normal(size=(3_000, 6))
    y = x @ [4.0, 2.0, 1.0, 1.0, 0.5, 0.5] > 0
    table = {f"x{i}": x[:, i] for i in range(6)} | {"target": np.where(y, "yes", "no")}
    assert CHECKS["FS101"](seen(table)) is None
