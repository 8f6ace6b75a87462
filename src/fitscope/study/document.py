"""study.json: everything that says what a study is, written before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from fitscope.errors import UserError
from fitscope.learners.base import Learner, Precision, Size
from fitscope.task import Kind, Task

if TYPE_CHECKING:
    from fitscope.learners.mlp.plan import Plan

FORMAT = 2  # raise it whenever an older program could misread the folder
RESULTS_FORMAT = 2  # the same of results.json, which may be read by itself
MOST_REPEATS = 10_000
FOR_USE = "for use"
"""Context of validation: a trained model will be used and nothing trained; plan and learners are
not made of what describes them, which spares their imports."""
SLUG = r"^[a-z0-9_][a-z0-9._-]{0,99}$"  # names a folder: no separator, no dot in front

Part = Literal["train", "validation"]


def _is_group(name: str) -> str:
    if not name.replace("-", "_").isidentifier():
        raise ValueError(f"group {name!r} is not one plain word; it names a folder")
    return name


class Document(BaseModel):
    """A part of study.json; unknown keys are an error, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ModelEntry(Document):
    """A named learner of the study.

    Attributes:
        name: as given; may hold anything.
        slug: the name made safe for a file system, unique in the study.
        groups: the groups that show this model, such as "sizes".
        spec: the learner as `fitscope.learners.to_stored` describes it.
        size: how large it is on the study's rows.
        repeats: how many runs it has; as many as the study says if left out.
    """

    name: str
    slug: str = Field(pattern=SLUG)
    groups: list[Annotated[str, AfterValidator(_is_group)]]
    spec: dict[str, Any]
    size: Size
    repeats: int | None = Field(default=None, ge=1, le=MOST_REPEATS)

    @cached_property
    def learner(self) -> Learner:
        """The learner itself.

        Raises:
            UserError: its description is none of a learner that is known here.
        """
        from fitscope.learners import from_stored

        try:
            return from_stored(self.spec)
        except (KeyError, TypeError, AttributeError) as error:
            raise UserError(f"no learner can be made of it ({error})") from error

    @property
    def is_refit(self) -> bool:
        """Whether it learns from validation rows, too, which then tell nothing of its runs."""
        return False

    @property
    def used(self) -> Literal["best", "last"]:
        """The epoch after which its runs are used."""
        return "last" if self.is_refit else "best"


class SubsetEntry(ModelEntry):
    """A learner trained on other training rows than the models, and not compared with them.

    Attributes:
        rows: how many training rows each run has, drawn anew for each, to see what more of them
            bring; of a refit all that do not test.
        refits: the model that it is trained anew of, on validation rows, too, to be used in its
            place; None where nobody uses it.
        epochs: after how many epochs it ends, in the place of the plan's stopping rule; None where
            it follows the plan, or knows nothing of epochs.
    """

    rows: int = Field(ge=1)
    refits: str | None = None
    epochs: int | None = Field(default=None, ge=1)

    @property
    def is_refit(self) -> bool:
        """Whether it is no part of a learning curve."""
        return self.refits is not None


class TaskEntry(Document):
    """What is to be learnt.

    Attributes:
        kind: "binary", "multiclass" or "regression".
        labels: the classes in the order of their numbers; none for a regression.
        truths: whether these are false and true, and predictions such.
    """

    kind: Kind
    labels: list[str] = []
    truths: bool = False

    @property
    def task(self) -> Task:
        """The task itself."""
        return Task.from_dict(self.model_dump())


class Numbers(Document):
    """The target of a regression on some rows: its mean, standard deviation and range."""

    mean: float
    sd: float
    min: float
    max: float


class DataEntry(Document):
    """The rows of the study: where they came from and what they are.

    With folds, numbers of rows, names of features and targets are those of the first.

    Attributes:
        kind: "file", "url", "simulated" or "arrays".
        location: path, address or a few words.
        simulated: True if the rows were generated and not measured.
        fingerprint: SHA-256 of the arrays.
        train_rows: number of training rows.
        validation_rows: number of validation rows.
        feature_names: one a column.
        task: what is to be learnt.
        target: of training and validation rows the share of each label, in the order of the
            labels' numbers, or what the numbers are like.
        constant: validation loss of the best constant prediction that the training rows allow;
            see `Task.constant_loss`. With folds, over the validation rows of all.
        folds: how many splits there are; run r of a model belongs to fold r % folds.
        constants: the same in each fold; empty where there is only one.
    """

    kind: str
    location: str
    simulated: bool
    fingerprint: str
    train_rows: int = Field(ge=1)
    validation_rows: int = Field(ge=1)
    feature_names: list[str]
    task: TaskEntry
    target: dict[Part, list[float] | Numbers]
    constant: float | None
    folds: int = Field(default=1, ge=1)
    constants: list[float | None] = []

    @model_validator(mode="after")
    def _fits(self) -> DataEntry:
        if self.folds > 1 and len(self.constants) != self.folds:
            raise ValueError("there is one constant a fold")
        return self

    def constant_of(self, repeat: int) -> float | None:
        """The constant's validation loss in the fold of that run."""
        return self.constants[repeat % self.folds] if self.folds > 1 else self.constant


class Histogram(Document):
    """Counts of all feature values of the first validation rows taken together."""

    counts: list[Annotated[int, Field(ge=0)]] = Field(max_length=10_000)
    edges: list[float]
    rows: int

    @model_validator(mode="after")
    def _fits(self) -> Histogram:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError("there is one edge more than there are counts")
        if not all(math.isfinite(b) and a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges are numbers, each larger than the one before")
        return self


class StudyDocument(Document):
    """The whole of study.json.

    Attributes:
        format: format number of the folder; a program refuses newer ones than it knows.
        kind: name of the application that made the study, "study" for one made in Python.
        quick: a shortened protocol, whose ranking does not count.
        created: when the study was first started, ISO 8601 with time zone.
        data: the rows.
        models: the learners in the order in which they were added.
        subsets: learners trained on a part of the training rows, or on validation rows, too; they
            are neither judged nor compared with the models.
        plan: `Plan.as_dict()`, with the metric that its stopping rule looks at.
        repeats: runs a model, of models that do not say it themselves.
        seed: the study's seed.
        device: "cpu" or "gpu".
        precision: in which the wide products of networks were trained. It is "float32" where the
            plan asks for "bfloat16" and the machine gains nothing by it.
        versions: of fitscope, Python and the libraries that numbers depend on.
        machine: processor, cores, system.
        command: the command line that made the study, if one did.
        histogram: feature histogram.
        cautions: sentences about rows that cannot show what is asked of them.
        application: what the application that made the study keeps with it; it alone knows what.
    """

    format: Literal[2] = FORMAT
    kind: str = "study"
    quick: bool = False
    created: str
    data: DataEntry
    models: list[ModelEntry]
    subsets: list[SubsetEntry] = []
    plan: dict[str, Any]
    repeats: int = Field(ge=1, le=MOST_REPEATS)
    seed: int = Field(ge=0, lt=2**32)
    device: Literal["cpu", "gpu"]
    precision: Precision = "float32"
    versions: dict[str, str]
    machine: dict[str, Any]
    command: str | None = None
    histogram: Histogram
    cautions: list[str] = []
    application: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _can_be_used(self, info: ValidationInfo) -> StudyDocument:
        for what in ("name", "slug"):
            if len({getattr(entry, what) for entry in self.entries}) < len(self.entries):
                raise ValueError(f"two models have one {what}")
        if info.context == FOR_USE:
            return self
        try:
            _ = self.training_plan, [entry.learner for entry in self.entries]
        except (UserError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a plan or model that cannot be ({error})") from error
        return self

    @property
    def task(self) -> Task:
        """What is to be learnt."""
        return self.data.task.task

    @property
    def training_plan(self) -> Plan:
        """The plan itself."""
        from fitscope.learners.mlp.plan import Plan  # not where a model is only used

        return Plan.from_dict(self.plan)

    def plan_of(self, entry: ModelEntry) -> Plan:
        """How a model is trained: by the study's plan, but for a refit's number of epochs."""
        epochs = entry.epochs if isinstance(entry, SubsetEntry) else None
        plan = self.training_plan
        return plan if epochs is None else replace(plan, max_epochs=epochs, stopping=None)

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """All that is trained: the models, then learners on fewer rows."""
        return (*self.models, *self.subsets)

    def train_rows_of(self, entry: ModelEntry) -> int:
        """On how many training rows a run of a model is trained."""
        return entry.rows if isinstance(entry, SubsetEntry) else self.data.train_rows

    def runs_of(self, entry: ModelEntry) -> list[int]:
        """Numbers of the runs of an entry."""
        return list(range(self.repeats if entry.repeats is None else entry.repeats))

    def of_ended(self, ended: Collection[tuple[str, int]]) -> StudyDocument:
        """The document of the runs that have ended; an entry without its first run is left out.

        Args:
            ended: model and number of each of them.
        """

        def trained(entries: Sequence[ModelEntry]) -> list[ModelEntry]:
            kept = []
            for entry in entries:
                wanted = self.runs_of(entry)
                count = next((run for run in wanted if (entry.name, run) not in ended), len(wanted))
                if count == len(wanted):
                    kept.append(entry)
                elif count:
                    kept.append(entry.model_copy(update={"repeats": count}))
            return kept

        return self.model_copy(
            update={"models": trained(self.models), "subsets": trained(self.subsets)}
        )

    @property
    def wanted(self) -> int:
        """How many runs all models have together."""
        return sum(len(self.runs_of(entry)) for entry in self.models)

    @property
    def most_runs(self) -> int:
        """The most runs of a model."""
        return max((len(self.runs_of(entry)) for entry in self.models), default=self.repeats)

    def entry(self, name: str) -> ModelEntry:
        """The model of that name, or the learner on fewer rows.

        Raises:
            KeyError: there is none.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)

    def groups(self) -> dict[str, list[ModelEntry]]:
        """Group name to its models, both in the order in which they were added."""
        found: dict[str, list[ModelEntry]] = {}
        for entry in self.models:
            for group in entry.groups:
                found.setdefault(group, []).append(entry)
        return found
