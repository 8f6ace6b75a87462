"""`Comparison`: how far two models differ, how sure that is, and what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal

NAMES = {
    "val_binary_crossentropy": "validation cross-entropy",
    "val_accuracy": "validation accuracy",
}
HIGHER_IS_BETTER = ("val_accuracy",)


@dataclass(frozen=True)
class Difference:
    """How far one mean lies above another, or above zero.

    Attributes:
        value: the estimate.
        error: its standard error.
        interval: the 95 % interval.
        p: two-sided chance of at least such a difference if there were none.
        p_corrected: the same after correction for the other pairs that were looked at.
    """

    value: float
    error: float
    interval: tuple[float, float]
    p: float
    p_corrected: float

    @property
    def sign_chance(self) -> float:
        """The chance that the sign is right."""
        return 1.0 - self.p / 2

    @property
    def sign_chance_corrected(self) -> float:
        """The same after correction for many pairs."""
        return 1.0 - self.p_corrected / 2

    def turned(self) -> Difference:
        """The difference the other way round."""
        low, high = self.interval
        return replace(self, value=-self.value, interval=(-high, -low))

    def as_dict(self) -> dict[str, Any]:
        """The form that results.json keeps."""
        return {
            "difference": self.value,
            "error": self.error,
            "interval": list(self.interval),
            "sign_chance": self.sign_chance,
            "sign_chance_corrected": self.sign_chance_corrected,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Difference:
        """The difference that `as_dict` was called on."""
        low, high = stored["interval"]
        chances = [2 * (1 - stored[key]) for key in ("sign_chance", "sign_chance_corrected")]
        return cls(stored["difference"], stored["error"], (low, high), chances[0], chances[1])

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:+.4f} (95 % interval {low:+.4f} to {high:+.4f})"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two models, or two trained networks, on the same validation rows.

    Attributes:
        a: name of the one.
        b: name of the other.
        about: "models" if both have several runs; otherwise "networks", the ones that were
            trained, and nothing is said about other seeds.
        repeats: runs of `a` and of `b`.
        metrics: metric to the difference a - b.

    Example:
        >>> lower = Difference(-0.02, 0.005, (-0.03, -0.01), p=0.001, p_corrected=0.003)
        >>> pair = Comparison("L2", "Large", "models", (5, 5), {"val_binary_crossentropy": lower})
        >>> pair.better(), round(lower.sign_chance, 4), pair.turned().better()
        ('L2', 0.9995, 'L2')
    """

    a: str
    b: str
    about: Literal["networks", "models"]
    repeats: tuple[int, int]
    metrics: Mapping[str, Difference]

    def turned(self) -> Comparison:
        """The same comparison with `a` and `b` exchanged."""
        metrics = {name: found.turned() for name, found in self.metrics.items()}
        a_runs, b_runs = self.repeats
        return Comparison(self.b, self.a, self.about, (b_runs, a_runs), metrics)

    def better(self, metric: str = "val_binary_crossentropy") -> str:
        """Name of the one that does better; how sure that is, the difference says."""
        a_is = (self.metrics[metric].value > 0) == (metric in HIGHER_IS_BETTER)
        return self.a if a_is else self.b

    def as_dict(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "a": self.a,
            "b": self.b,
            "about": self.about,
            "repeats": list(self.repeats),
            "metrics": {name: found.as_dict() for name, found in self.metrics.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Comparison:
        """The comparison that `as_dict` was called on."""
        metrics = {name: Difference.from_dict(one) for name, one in stored["metrics"].items()}
        a_runs, b_runs = stored["repeats"]
        return cls(stored["a"], stored["b"], stored["about"], (a_runs, b_runs), metrics)

    def __str__(self) -> str:
        lines = [f"{self.a} - {self.b}"]
        for name, found in self.metrics.items():
            lines.append(f"  {NAMES.get(name, name)}: {found}")
            better = f"{self.better(name)} is better" if found.value else "no difference"
            lines.append(
                f"    {better}: {sureness(found.sign_chance)} sure, "
                f"{sureness(found.sign_chance_corrected)} corrected for all pairs"
            )
        return "\n".join([*lines, f"  {about(self)}"])

    def __repr__(self) -> str:
        return f"<Comparison of {self.a} and {self.b}, {about(self)}>\n{self}"

    def _repr_html_(self) -> str:
        return Comparisons([self])._repr_html_()


class Comparisons(tuple[Comparison, ...]):
    """Comparisons of many pairs: a tuple that prints as a table of cross-entropies."""

    def __new__(cls, pairs: Iterable[Comparison] = ()) -> Comparisons:
        """Gather them."""
        return super().__new__(cls, pairs)

    def __str__(self) -> str:
        if not self:
            return "no pair of models to compare"
        headings = ("A", "B", "A - B", "95 % interval", "sure", "corrected")
        table = [headings, *map(_line, self)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in table
        ]
        metric = next(iter(self[0].metrics))
        return "\n".join([NAMES.get(metric, metric).capitalize(), *lines, "", *_remarks(self)])

    def __repr__(self) -> str:
        return f"{self}"

    def _repr_html_(self) -> str:
        if not self:
            return f"<div>{self}</div>"
        head = "".join(
            f"<th>{name}</th>"
            for name in ("A", "B", "metric", "A − B", "95 % interval", "sure", "corrected")
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in _html_line(pair, name))
            + "</tr>"
            for pair in self
            for name in pair.metrics
        )
        said = "".join(f"<div>{escape(remark)}</div>" for remark in _remarks(self))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{said}"


def sureness(chance: float) -> str:
    """A chance in per cent that never claims to be certain.

    Example:
        >>> sureness(0.934), sureness(0.9991)
        ('93 %', '>99 %')
    """
    return ">99 %" if chance >= 0.995 else f"{100 * chance:.0f} %"


def about(pair: Comparison) -> str:
    """What a comparison is about, in words.

    Example:
        >>> about(Comparison("a", "b", "networks", (1, 1), {}))
        'about two trained networks on these rows, not about the models'
    """
    a, b = pair.repeats
    if pair.about == "models":
        return f"about the models: {a} and {b} runs, rows and runs both as sources of error"
    if max(pair.repeats) == 1:
        return "about two trained networks on these rows, not about the models"
    return f"about these {a} and {b} trained networks on these rows, not about the models"


def _line(pair: Comparison) -> tuple[str, ...]:
    cells = _html_line(pair, next(iter(pair.metrics)))
    return (*cells[:2], *cells[3:])


def _html_line(pair: Comparison, metric: str) -> tuple[str, ...]:
    found = pair.metrics[metric]
    low, high = found.interval
    return (
        _short(pair.a),
        _short(pair.b),
        NAMES.get(metric, metric),
        f"{found.value:+.4f}",
        f"{low:+.4f} to {high:+.4f}",
        sureness(found.sign_chance),
        sureness(found.sign_chance_corrected),
    )


def _short(name: str, width: int = 20) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in name)
    return line if len(line) <= width else line[: width - 1] + "…"


def _remarks(pairs: Comparisons) -> list[str]:
    found = [
        "Lower cross-entropy and higher accuracy are better. Sure: chance that the sign is right; "
        "corrected: for all pairs."
    ]
    return found + sorted({about(pair) for pair in pairs})
