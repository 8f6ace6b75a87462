"""Texts that are numbers, truths or dates, told apart from those that are words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from fitscope.names import joined, shown

if TYPE_CHECKING:
    import polars as pl

DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y"),
    *("%d/%m/%y", "%d-%m-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y"),
    "%B %d, %Y",
)
TIMES = ("", " %H:%M", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")
ISO = ("T%H:%M", "T%H:%M:%S%.f", "T%H:%M:%S%.f%#z", " %H:%M:%S%.f%#z")
FORMATS = (
    *(day + time for day, time in product(DAYS, TIMES)),
    *(f"%Y-%m-%d{time}" for time in ISO),
)
SAMPLE = 50  # different texts looked at before all of them
SIGNS = r"(?:[$€£¥₹]|EUR|USD|GBP|CHF)"


class Adornment(NamedTuple):
    """What may stand in or beside a number.

    Attributes:
        form: of a text that bears it.
        strip: what is left out.
        words: what it is called.
        alike: of what must be the same throughout.
    """

    form: str
    strip: str
    words: str
    alike: str = ""


CURRENCY = Adornment(
    rf"^[+-]?(?:{SIGNS}\s?[+-]?[\d.,]+|[\d.,]+\s?{SIGNS})$",
    rf"\s?{SIGNS}\s?",
    "currency signs",
    SIGNS,
)
COMMAS = Adornment(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$", ",", "commas between thousands")
POINTS = Adornment(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$", r"\.", "points between thousands")
SPACES = Adornment(
    r"^[+-]?\d{1,3}([ \u00a0\u202f']\d{3})+([.,]\d+)?$",
    "[ \u00a0\u202f']",
    "blanks between thousands",
)
PERCENT = Adornment(r"^[+-]?[\d.,]+\s?%$", "%", "percent signs")


class Recognised(NamedTuple):
    """A frame whose texts are what they say.

    Attributes:
        frame: the columns.
        formats: how the dates of each column that held texts were written.
        notes: what a person should know about it.
    """

    frame: pl.DataFrame
    formats: dict[str, str]
    notes: tuple[str, ...]


def recognise(
    frame: pl.DataFrame,
    texts: Collection[str] = (),
    nulls: Iterable[str] = ("",),
    decimal_comma: bool = False,
) -> Recognised:
    """Turn columns of texts into numbers, booleans or dates where every text is one.

    Args:
        frame: any columns; durations become days, times of day hours.
        texts: columns that stay texts, whatever they look like.
        nulls: texts that stand for a missing value.
        decimal_comma: whether numbers have a comma where others have a point.

    Example:
        >>> import polars as pl
        >>> found = recognise(pl.DataFrame({"a": ["1", " 2"], "b": ["2024-03-01", ""]}))
        >>> found.frame.dtypes, found.formats
        ([Int64, Datetime(time_unit='us', time_zone=None)], {'b': '%Y-%m-%d'})
    """
    import polars as pl

    formats: dict[str, str] = {}
    notes: list[str] = []
    made = []
    for values in frame:
        if values.dtype == pl.Duration:
            values = values.dt.total_microseconds() / 86_400_000_000
        elif values.dtype == pl.Time:
            values = values.cast(pl.Int64) / 3_600_000_000_000
        elif values.dtype.is_float():
            values = values.fill_nan(None)
        elif values.dtype.is_decimal():
            values = values.cast(pl.Float64)
        elif isinstance(values.dtype, pl.Datetime):
            values = _without_zone(values)
        elif values.dtype in (pl.String, pl.Categorical, pl.Enum):
            values = _without_nulls(values.cast(pl.String), nulls)
            if values.name not in texts:
                values, form, note = _told(values, decimal_comma)
                if form:
                    formats[values.name] = form
                if note:
                    notes.append(note)
        made.append(values)
    return Recognised(pl.DataFrame(made), formats, tuple(notes))


def _without_nulls(values: pl.Series, nulls: Iterable[str]) -> pl.Series:
    import polars as pl

    stripped = values.str.strip_chars()
    missing = stripped.is_in(list(nulls))
    if not missing.any():
        return stripped
    return stripped.to_frame().select(
        pl.when(missing).then(None).otherwise(pl.first()).alias(values.name)
    )[values.name]


def _told(values: pl.Series, decimal_comma: bool) -> tuple[pl.Series, str, str]:
    """The values as what they are, the format if that is dates, and a sentence if one is due."""
    few = values.drop_nulls()[: 20 * SAMPLE].unique(maintain_order=True)[:SAMPLE]
    if not len(few):
        return values, "", ""
    if as_booleans(few) is not None and (truths := as_booleans(values)) is not None:
        return truths, "", ""
    if as_numbers(few, decimal_comma) is not None:
        if are_codes(values):
            return values, "", _coded(values)
        numbers = as_numbers(values, decimal_comma)
        if numbers is not None:
            return numbers, "", _adorned(values, few, decimal_comma)
    found = [form for form in FORMATS if _whole(dates(few, form), few)] if dated(few) else []
    found = [form for form in found if _whole(dates(values, form), values)]
    if not found:
        return values, "", ""
    note = ""
    if len(found) > 1 and {found[0][:5], found[1][:5]} == {"%m/%d", "%d/%m"}:
        note = (
            f"dates of {shown(values.name)} are read as month/day/year, but would all be dates as "
            "day/month/year, too; write them as year-month-day if they are"
        )
    return dates(values, found[0]), found[0], note


def are_codes(values: pl.Series) -> bool:
    """Whether texts are codes of digits, such as 02139, whose zeros are a part of them.

    They are where more of them bear zeros in front than are shorter than the shortest that does:
    7 beside 007 says that zeros mean nothing there. Amounts that are padded to one width look like
    codes, and are taken for such: that is said, and they are mended with a word, while codes that
    were taken for numbers would be others without a word.

    Args:
        values: texts without spaces around them.

    Example:
        >>> import polars as pl
        >>> [are_codes(pl.Series(one)) for one in (["02139", "94110"], ["7", "12", "007"], ["0"])]
        [True, False, False]
    """
    padded = values.filter(values.str.contains("^0[0-9]+$")).str.len_bytes()
    if not len(padded) or not values.str.contains("^[0-9]*$").all():
        return False
    return bool((values.str.len_bytes() < padded.min()).sum() < len(padded))


def amounts(values: pl.Series) -> pl.Series:
    """Codes of digits as numbers, where nothing else makes sense; any other column as it is."""
    import polars as pl

    numbers = as_numbers(values) if values.dtype == pl.String else None
    return values if numbers is None else numbers


def _coded(values: pl.Series) -> str:
    padded = values.filter(values.str.contains("^0[0-9]"))[0]
    return (
        f"digits with zeros in front in {shown(values.name)}, such as {shown(padded)}, are taken "
        "for codes; leave the zeros out if they are amounts"
    )


def as_numbers(values: pl.Series, decimal_comma: bool = False) -> pl.Series | None:
    """Texts as numbers; None where one of them is none.

    Example:
        >>> import polars as pl
        >>> as_numbers(pl.Series(["1,200", "35"])).to_list()
        [1200, 35]
        >>> as_numbers(pl.Series(["1.200,50 €", "35,00 €"]), decimal_comma=True).to_list()
        [1200.5, 35.0]
        >>> as_numbers(pl.Series(["5 €", "$5"]))
    """
    plain = values
    if not decimal_comma and (found := _cast(plain, values)) is not None:
        return found
    for one in _adornments(decimal_comma):
        adorned = plain.str.contains(one.form)
        if not adorned.any() or (one is POINTS and _decimal_points(plain, adorned)):
            continue
        if one.alike and plain.filter(adorned).str.extract(f"({one.alike})").n_unique() > 1:
            return None
        bare = plain.str.replace_all(one.strip, "").str.strip_chars()
        plain = bare.zip_with(adorned, plain)
        if not decimal_comma and (found := _cast(plain, values)) is not None:
            return found
    return _cast(plain.str.replace(",", ".", literal=True), values) if decimal_comma else None


def _decimal_points(texts: pl.Series, adorned: pl.Series) -> bool:
    """Whether points part fractions in some texts, so that they do not part thousands in others."""
    return bool((texts.str.contains(".", literal=True) & ~adorned).any())


def _cast(plain: pl.Series, values: pl.Series) -> pl.Series | None:
    """Bare texts as numbers; None where one is none that was a value."""
    import polars as pl

    whole = plain.cast(pl.Int64, strict=False)
    if _whole(whole, values):
        return whole
    fractions = plain.cast(pl.Float64, strict=False)
    return fractions.fill_nan(None) if _whole(fractions, values) else None


def _adornments(decimal_comma: bool) -> tuple[Adornment, ...]:
    return CURRENCY, POINTS if decimal_comma else COMMAS, SPACES, PERCENT


def _adorned(values: pl.Series, few: pl.Series, decimal_comma: bool) -> str:
    """What is said of a column whose numbers bear something else."""
    found, bare = [], few
    for one in _adornments(decimal_comma):
        if bare.str.contains(one.form).any():
            found.append(one.words)
            bare = bare.str.replace_all(one.strip, "").str.strip_chars()
    return f"{joined(found)} in {shown(values.name)} are left out" if found else ""


def as_booleans(values: pl.Series) -> pl.Series | None:
    """Texts true and false, in any case; None where one of them is neither."""
    import polars as pl

    lower = values.str.to_lowercase()
    if not lower.drop_nulls().is_in(["true", "false"]).all():
        return None
    return (lower == "true").alias(values.name).cast(pl.Boolean)


def dates(values: pl.Series, form: str) -> pl.Series:
    """Texts as dates without a time zone; missing where they are none."""
    found = _without_zone(values.str.to_datetime(form, strict=False, time_unit="us"))
    return found.set(found.dt.year() < 1000, None)


def usual_form(values: pl.Series) -> str | None:
    """How most of some texts are written as dates; None where most of them are none."""
    few = values.drop_nulls()[: 20 * SAMPLE].unique(maintain_order=True)[:SAMPLE]
    read = {form: len(few) - dates(few, form).null_count() for form in FORMATS}
    best = max(read, key=lambda form: read[form])
    return best if read[best] > len(few) / 2 else None


def _without_zone(times: pl.Series) -> pl.Series:
    """Points in time as UTC has them, where they have a time zone."""
    import polars as pl

    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone is not None:
        return times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return times


def dated(few: pl.Series) -> bool:
    """Whether some texts can be dates at all: most of them hold three digits or more."""
    return bool(few.str.count_matches(r"\d").ge(3).sum() > len(few) / 2)


def _whole(found: pl.Series, values: pl.Series) -> bool:
    return found.null_count() == values.null_count()
