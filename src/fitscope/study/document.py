"""study.json: everything that says what a study is, written before anything is trained."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fitscope.learners.mlp.description import MLP
from fitscope.learners.mlp.plan import Plan

FORMAT = 1  # raise it whenever an older program could misread the folder


class Document(BaseModel):
    """A part of study.json; unknown keys are an error, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelEntry(Document):
    """A named model of the study.

    Attributes:
        name: as given; may hold anything.
        slug: the name made safe for a file system, unique in the study.
        groups: the groups that show this model, such as "sizes".
        spec: `MLP.as_dict()`.
        parameters: trainable parameters.
    """

    name: str
    slug: str
    groups: list[str]
    spec: dict[str, Any]
    parameters: int

    @property
    def model(self) -> MLP:
        """The model itself."""
        return MLP.from_dict(self.spec)


class DataEntry(Document):
    """The rows of the study: where they came from and what they are.

    Attributes:
        kind: "file", "url", "simulated" or "arrays".
        location: path, address or a few words.
        simulated: True if the rows were generated and not measured.
        fingerprint: SHA-256 of the arrays.
        train_rows: number of training rows.
        validation_rows: number of validation rows.
        feature_names: one a column.
        label_mean: share of label 1 among training and validation rows.
    """

    kind: str
    location: str
    simulated: bool
    fingerprint: str
    train_rows: int
    validation_rows: int
    feature_names: list[str]
    label_mean: dict[Literal["train", "validation"], float]


class Histogram(Document):
    """Counts of all feature values of the first validation rows taken together, as in the guide."""

    counts: list[int]
    edges: list[float]
    rows: int


class StudyDocument(Document):
    """The whole of study.json.

    Attributes:
        format: format number of the folder; a program refuses newer ones than it knows.
        kind: "guide" for the guide's own study, otherwise "study".
        quick: the guide's shortened protocol, whose ranking does not count.
        created: when the study was first started, ISO 8601 with time zone.
        data: the rows.
        models: the models in the order in which they were added.
        plan: `Plan.as_dict()`.
        repeats: runs a model.
        seed: the study's seed.
        device: "cpu" or "gpu".
        versions: of fitscope, Python and the libraries that numbers depend on.
        machine: processor, cores, system.
        command: the command line that made the study, if one did.
        histogram: feature histogram.
    """

    format: int = FORMAT
    kind: Literal["guide", "study"] = "study"
    quick: bool = False
    created: str
    data: DataEntry
    models: list[ModelEntry]
    plan: dict[str, Any]
    repeats: int = Field(ge=1)
    seed: int = Field(ge=0)
    device: Literal["cpu", "gpu"]
    versions: dict[str, str]
    machine: dict[str, Any]
    command: str | None = None
    histogram: Histogram

    @property
    def training_plan(self) -> Plan:
        """The plan itself."""
        return Plan.from_dict(self.plan)

    def entry(self, name: str) -> ModelEntry:
        """The model of that name."""
        return next(entry for entry in self.models if entry.name == name)

    def groups(self) -> dict[str, list[ModelEntry]]:
        """Group name to its models, both in the order in which they were added."""
        found: dict[str, list[ModelEntry]] = {}
        for entry in self.models:
            for group in entry.groups:
                found.setdefault(group, []).append(entry)
        return found
