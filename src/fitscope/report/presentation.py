"""`Presentation`: what an application adds to the figures and the page of its own studies.

The report knows no application. Whoever makes studies of a kind of its own names a presentation
for it, either as an entry point of its package,

    [project.entry-points."fitscope.presentations"]
    survey = "my_package.presentation:SURVEY"

or, in a running program, with `register`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from fitscope.report.look import colours

if TYPE_CHECKING:
    from fitscope.report.planned import Planned
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import StoredStudy

ENTRY_POINTS = "fitscope.presentations"
Range = tuple[float, float]


@dataclass(frozen=True)
class Group:
    """How a group of models is shown.

    Attributes:
        title: its heading.
        text: what the page says beside its curves.
        log_epochs: whether its figure has a logarithmic epoch axis.
        first_alone: whether its first model has a figure of its own, too.
        one_by_one: whether a figure is drawn for two models, then three ..., as each is added.
    """

    title: str
    text: str = ""
    log_epochs: bool = False
    first_alone: bool = False
    one_by_one: bool = False


@dataclass(frozen=True)
class Presentation:
    """What is special about the figures and the page of a kind of study; by itself nothing.

    Attributes:
        views: package whose modules are further sections of the page; see `View`.
        order: name of a section to its place on the page, where that is not the usual one.
        titles: name of a section to its heading, where that is not the usual one.
        folded: sections that are folded away, beside those that always are.
        templates: name of a section to a template that stands in for the section's own, as
            "package/file"; it usually extends that and fills a block of it.
        palette: models that always have a colour of their own.
        roles: name of a model to a sentence on what it is there for.
        groups: name of a group to how it is shown.
        ranges: metric to the range of values that figures show where it holds every model's best.
        schedule_epochs: how far the learning rate is drawn at the least.
        figures: further figures of a study.

    Example:
        >>> Presentation().group("wide_ones").title
        'Wide ones'
    """

    views: str | None = None
    order: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    folded: frozenset[str] = frozenset()
    templates: Mapping[str, str] = field(default_factory=dict)
    palette: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    schedule_epochs: int = 1
    figures: Callable[[StoredStudy], list[Planned]] | None = None

    def group(self, name: str) -> Group:
        """How the group of that name is shown."""
        return self.groups.get(name) or Group(name.replace("_", " ").capitalize())


USUAL = Presentation()

_loaders: dict[str, Callable[[], Presentation]] = {}
_loaded: dict[str, Presentation] = {}


def register(kind: str, loader: Callable[[], Presentation]) -> None:
    """Name the presentation of a kind of study; it goes before any entry point.

    Args:
        kind: as study.json has it.
        loader: gives the presentation when it is first needed.

    Example:
        >>> register("survey", lambda: Presentation(palette={"mine": "#336699"}))
        >>> presentation_of("survey").palette["mine"], presentation_of("study") is USUAL
        ('#336699', True)
    """
    _loaders[kind] = loader
    _loaded.pop(kind, None)


def presentation_of(kind: str) -> Presentation:
    """The presentation of a kind of study; the usual one for a kind that nobody has named.

    Args:
        kind: as study.json has it.
    """
    if kind not in _loaded:
        _loaded[kind] = _loaders[kind]() if kind in _loaders else _installed(kind)
    return _loaded[kind]


def palette_of(document: StudyDocument) -> dict[str, str]:
    """A colour for each model of a study, the same in figures, on consoles and on the page."""
    own = presentation_of(document.kind).palette
    return colours((entry.name for entry in document.entries), own)


def _installed(kind: str) -> Presentation:
    for point in entry_points(group=ENTRY_POINTS, name=kind):
        return point.load()
    return USUAL
