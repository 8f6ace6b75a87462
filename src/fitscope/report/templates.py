"""The one environment of all templates: whatever they are given is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from fitscope.report.look import badge
from fitscope.report.words import (
    duration,
    estimate,
    joined,
    number,
    shown,
    signed,
    span,
    sure,
)
from fitscope.verdicts.cost_words import cost_words
from fitscope.verdicts.words import label_words


@cache
def environment() -> Environment:
    """Templates by the package and the file in which they lie, such as
    `"fitscope.report.page/page.html.j2"`, so that any package can have some."""
    made = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.filters["unbroken"] = lambda text: text.replace(" %", "\u00a0%")
    made.filters.update(joined=joined, number=number, duration=duration)
    made.globals.update(
        badge=badge,
        cost_words=cost_words,
        estimate=estimate,
        label_words=label_words,
        shown=lambda name: shown(name, 80),
        signed=signed,
        span=span,
        sure=sure,
    )
    return made


def render(template: str, **variables: object) -> str:
    """The template, filled.

    Args:
        template: its package and its file.
        variables: what it is given.

    Example:
        >>> "&lt;b&gt;" in render("fitscope.report.notebook/models.html.j2", lines=[], said=["<b>"])
        True
    """
    return environment().get_template(template).render(**variables)


def _source(name: str) -> str | None:
    package, _, file = name.partition("/")
    found = files(package) / file
    return found.read_text(encoding="utf-8") if found.is_file() else None
