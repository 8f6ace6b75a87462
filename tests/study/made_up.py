"""A small made-up problem that trains in no time, and a study's document."""

import numpy as np

from fitscope.data.split import Split
from fitscope.learners.mlp.plan import Plan
from fitscope.study.document import DataEntry, Histogram, ModelEntry, StudyDocument, TaskEntry


def made_up_split(train: int = 240, validation: int = 60) -> Split:
    """Two features whose product decides, with noise."""
    random = np.random.default_rng(7)
    x = random.normal(size=(train + validation, 2)).astype(np.float32)
    noise = random.normal(size=train + validation)
    y = (x[:, 0] * x[:, 1] + 0.3 * noise > 0).astype(np.float32)
    return Split(x[:train], y[:train], x[train:], y[train:], ("a", "b"))


def made_up_document(models: list[ModelEntry], repeats: int) -> StudyDocument:
    """study.json of two rows and one that nobody trained on."""
    return StudyDocument(
        created="2025-03-01T10:00:00+01:00",
        data=DataEntry(
            kind="arrays",
            location="arrays given in Python",
            simulated=False,
            fingerprint="f",
            train_rows=2,
            validation_rows=1,
            feature_names=["a"],
            task=TaskEntry(kind="binary", labels=["0", "1"]),
            target={"train": [0.5, 0.5], "validation": [0.0, 1.0]},
            constant=0.6931471805599453,
        ),
        models=models,
        plan=Plan().as_dict(),
        repeats=repeats,
        seed=0,
        device="cpu",
        versions={},
        machine={},
        histogram=Histogram(counts=[], edges=[0.0], rows=1),
    )
