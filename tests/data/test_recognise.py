"""Texts that are numbers, truths or dates become such where all are; a few others are refused."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data.columns import look_at
from fitscope.data.recognise import recognise
from fitscope.data.table import read_table
from fitscope.errors import UserError


def told(*texts: str | None) -> list[object]:
    return recognise(pl.DataFrame({"a": texts}, {"a": pl.String})).frame["a"].to_list()


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", " 2 ", None], [1, 2, None]),
        (["1", "2.5", ""], [1.0, 2.5, None]),
        (["1e3", "-.5", "+7"], [1000.0, -0.5, 7.0]),
        (["1,234", "12", "1,234,567.5"], [1234.0, 12.0, 1234567.5]),
        (["12%", "3.5 %"], [12.0, 3.5]),
        (["$1,234.50", "$ 3", "-$2"], [1234.5, 3.0, -2.0]),
        (["12 €", "3.5€", None], [12.0, 3.5, None]),
        (["5 €", "$5"], ["5 €", "$5"]),
        (["1 234", "1\u00a0234.5", "9"], [1234.0, 1234.5, 9.0]),
        (["True", "FALSE", "true"], [True, False, True]),
        (["yes", "no"], ["yes", "no"]),
        (["1", "x"], ["1", "x"]),
        (["02139", "94110", None], ["02139", "94110", None]),
        (["02139", "02140", "0"], ["02139", "02140", "0"]),
        (["007", "1234"], ["007", "1234"]),
        (["00", "10"], ["00", "10"]),
        (["7", "12", "007"], [7, 12, 7]),  # zeros that mean nothing
        (["0", "10"], [0, 10]),
        (["0.5", "00.5"], [0.5, 0.5]),
        (["-01", "02"], [-1, 2]),
        (["+01", "02"], [1, 2]),
        (["01,234", "02,345"], [1234, 2345]),
        (["1,2", "3,4"], ["1,2", "3,4"]),
        ([None, None], [None, None]),
    ],
)
def test_what_texts_are(texts: list[str | None], values: list[object]):
    assert told(*texts) == values


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1,5", "2"], [1.5, 2.0]),
        (["1.234,50 €", "35,00 €"], [1234.5, 35.0]),
        (["1.234", "12.345.678", "7"], [1234, 12345678, 7]),
        (["1.234", "2.5"], [1.234, 2.5]),
        (["12,5 %", "3%"], [12.5, 3.0]),
        (["12.03.2024", "13.03.2024"], [dt.datetime(2024, 3, 12), dt.datetime(2024, 3, 13)]),
        (["0.123", "1,5"], [0.123, 1.5]),
    ],
)
def test_what_texts_are_where_fractions_have_a_comma(texts: list[str], values: list[object]):
    frame = pl.DataFrame({"a": texts})
    assert recognise(frame, decimal_comma=True).frame["a"].to_list() == values


@pytest.mark.parametrize(
    "form",
    [
        *("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y"),
        *("%m/%d/%y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"),
        *("%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p"),
    ],
)
def test_dates_as_people_write_them(form: str):
    days = [dt.datetime(2023, 1, 31, 13, 45), dt.datetime(2024, 2, 29), dt.datetime(1999, 12, 1, 1)]
    written = [day.strftime(form) for day in days]
    assert told(*written, None) == [*(dt.datetime.strptime(one, form) for one in written), None]


def test_dates_with_a_zone_are_read_in_utc():
    assert told("2024-01-01T01:00:00+02:00", "2024-01-01T00:00:00Z") == [
        dt.datetime(2023, 12, 31, 23),
        dt.datetime(2024, 1, 1),
    ]


def test_a_day_that_may_be_a_month_is_said():
    found = recognise(pl.DataFrame({"when": ["01/02/2024", "03/04/2024"]}))
    assert found.frame["when"].dt.month().to_list() == [1, 3]
    assert "would all be dates as day/month/year, too" in found.notes[0]
    assert not recognise(pl.DataFrame({"when": ["01/02/2024", "31/01/2024"]})).notes


def test_times_and_spans_become_numbers():
    frame = pl.DataFrame({"at": [dt.time(13, 30)], "span": [dt.timedelta(hours=36)]})
    assert recognise(frame).frame.rows() == [(13.5, 1.5)]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=1))
@settings(deadline=None)
def test_numbers_written_as_texts_are_the_same_numbers(numbers: list[float | None]):
    found = told(*(None if one is None else repr(one) for one in numbers))
    assert found == numbers


ROWS = 40


@pytest.mark.parametrize(
    ("stray", "what"),
    [("abc", "number"), ("12a", "number"), ("soon", "date"), ("2024-13-01", "date")],
)
def test_a_few_other_texts_are_refused_by_their_line(stray: str, what: str):
    plain = [f"{i}.5" if what == "number" else f"2024-01-{i % 28 + 1:02}" for i in range(ROWS)]
    plain[7] = stray
    table = read_table({"a": plain, "b": list(range(ROWS)), "y": [0, 1] * (ROWS // 2)})
    with pytest.raises(UserError) as refusal:
        look_at(table, "y")
    assert f"column 'a', row 8: {stray!r} is no {what}, as 39 of the 40" in str(refusal.value)
    assert look_at(table, "y", drop=["a"])[0].treatment == "left out: as asked"


def test_codes_are_said_and_are_no_numbers_among_words():
    codes = [f"{i % 5:05}" for i in range(ROWS)]
    table = read_table({"zip": codes, "y": [0, 1] * (ROWS // 2)})
    assert table.notes == (
        "digits with zeros in front in zip, such as 00000, are taken for codes; leave the zeros "
        "out if they are amounts",
    )
    column = look_at(table, "y")[0]
    assert (column.kind, column.treatment) == ("category", "one-hot, rare ones pooled")
    with_a_word = read_table({"zip": ["K1A 0B1", *codes[1:]], "y": [0, 1] * (ROWS // 2)})
    assert look_at(with_a_word, "y")[0].kind == "category"  # no number that was mistyped


def test_many_numbers_among_words_are_categories_and_that_is_said():
    mixed = ["7", "8", "none of them", "all"] * (ROWS // 4)
    column = look_at(read_table({"a": mixed, "y": [0, 1] * (ROWS // 2)}), "y")[0]
    assert column.kind == "category"
    assert "20 of 40 values are numbers" in column.treatment
