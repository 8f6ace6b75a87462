"""Made-up (simulated) answers of examinations, and study folders that hold one; for tests alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from report.made_up import document, verdict, write_study

from fitscope.data.columns import Column
from fitscope.learners.base import Learner
from fitscope.learners.constant import Constant
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.study.answer import (
    Answer,
    Gain,
    Interval,
    MoreData,
    Recommended,
    Remedy,
    Rows,
    Rung,
)
from fitscope.study.folder import StoredStudy, read_study, write_results
from fitscope.study.sweep import Sweep, Turn, Width
from fitscope.task import BINARY, Task
from fitscope.verdicts.check import Check

LOSS = BINARY.loss.name
RICH = (1024, 1024, 1024)
LADDER: dict[str, Learner] = {
    "constant": Constant(),
    "linear": MLP(),
    "4": MLP(4),
    "16": MLP(16),
    "64x2": MLP(64, 64),
    "256x2": MLP(256, 256),
    "1024x3": MLP(*RICH),
    "boosting": HGB(),
}
TRIED: dict[str, Learner] = {
    "1024x3, dropout 0.25": MLP(*RICH, dropout=0.25),
    "1024x3, dropout 0.5": MLP(*RICH, dropout=0.5),
    "1024x3, L2 0.001": MLP(*RICH, l2=1e-3),
    "1024x3, L1 0.0001": MLP(*RICH, l1=1e-4),
    "1024x3, weight decay 1": MLP(*RICH, weight_decay=1.0),
    "1024x3, batch normalization": MLP(*RICH, batch_norm=True),
    "1024x3, dropout 0.25, L2 0.001, batch normalization": MLP(
        *RICH, dropout=0.25, l2=1e-3, batch_norm=True
    ),
    "16, dropout 0.1": MLP(16, dropout=0.1),
    "16, L2 0.001": MLP(16, l2=1e-3),
}

RUNGS = (
    Rung("constant", 0.5812, 0.5836, 0.0049, None, None, None, None),
    Rung("linear", 0.3121, 0.3202, 0.0071, "underfit", 0.0, 0.001, 0.3),
    Rung("4", 0.2254, 0.2428, 0.0079, "good", 0.0002, 0.0010, 0.55),
    Rung("16", 0.1611, 0.2043, 0.0081, "good", 0.0011, 0.0014, 0.78),
    Rung("64x2", 0.0892, 0.2078, 0.0092, "overfit", 0.0034, 0.0027, 0.91),
    Rung("256x2", 0.0311, 0.2139, 0.0101, "overfit", 0.0098, 0.0031, 0.998),
    Rung("1024x3", 0.0049, 0.2391, 0.0132, "overfit", 0.0348, 0.0062, 0.9999),
    Rung("boosting", 0.0871, 0.1967, 0.0088, "good", 0.0002, 0.0012, 0.57),
)


def remedy(
    over: str, what: str, model: str | None, difference: float, half: float, sure: float
) -> Remedy:
    """One with an interval of that half width."""
    interval = (difference - half, difference + half)
    return Remedy(over, what, model, difference, interval, sure)


ON_RICH = (
    ("dropout 0.25", 0.0271, 0.0082, 0.9999),
    ("dropout 0.5", 0.0188, 0.0091, 0.9998),
    ("L2 0.001", 0.0151, 0.0090, 0.999),
    ("L1 0.0001", 0.0044, 0.0070, 0.89),
    ("weight decay 1", 0.0010, 0.0061, 0.62),
    ("batch normalization", -0.0082, 0.0067, 0.01),
    ("dropout 0.25, L2 0.001, batch normalization", 0.0302, 0.0088, 0.9999),
)
REMEDIES = (
    remedy("1024x3", "temperature scaling", None, 0.0121, 0.0038, 0.9999),
    remedy("1024x3", "early stopping", "1024x3", 0.0204, 0.0071, 0.9999),
    *(remedy("1024x3", what, f"1024x3, {what}", *rest) for what, *rest in ON_RICH),
    remedy("16", "average of 5 runs", None, 0.0041, 0.0012, 0.9999),
    remedy("16", "temperature scaling", None, 0.0001, 0.0009, 0.58),
    remedy("16", "dropout 0.1", "16, dropout 0.1", -0.0021, 0.0030, 0.08),
    remedy("16", "L2 0.001", "16, L2 0.001", 0.0002, 0.0021, 0.57),
)

MORE = MoreData(
    "16",
    True,
    (350, 700, 1_400, 2_800),
    ((0.2811, 0.0101), (0.2501, 0.0092), (0.2268, 0.0085), (0.2043, 0.0081)),
    Gain(0.0161, (0.0071, 0.0252), 0.998),
    Gain(0.0391, (0.0101, 0.0689), 0.98),
)
UNPREDICTABLE = MoreData(
    "16",
    False,
    (350, 700, 1_400, 2_800),
    ((0.2211, 0.0101), (0.2501, 0.0092), (0.2168, None), (0.2243, 0.0081)),
    why="it does not fall from one size to the next",
)

CHECKS = (
    Check(
        "FS102",
        "note",
        "A column is an identifier",
        "customer_id has another value in every row: it was left out. A model would learn rows by "
        "heart from it.",
        ("customer_id",),
    ),
    Check(
        "FS101",
        "problem",
        "A column gives the target away",
        "total_churn_calls alone reaches an AUC of 0.998, all other columns together 0.91. If it "
        "is not known when the prediction is made, drop it: --drop total_churn_calls.",
        ("total_churn_calls",),
    ),
    Check(
        "FS104",
        "warning",
        "Training and validation rows are told apart",
        "A classifier tells them apart with an AUC of 0.71: a gap between them need not be "
        "overfitting.",
        ("account_length", "state", "<b>area</b> code & more"),
    ),
)

NUMBERS = (
    ("account_length", 212),
    ("number_vmail_messages", 46),
    ("total_day_minutes", 1667),
    ("total_day_calls", 119),
    ("total_eve_minutes", 1611),
    ("total_night_minutes", 1591),
    ("number_customer_service_calls", 10),
)
COLUMNS = (
    *(Column(name, "number", "scaled and clipped", True, 0, values) for name, values in NUMBERS),
    Column("income", "number", "scaled and clipped, missing ones marked", True, 381, 1902),
    Column("international_plan", "boolean", "0 or 1", True, 0, 2),
    Column("state", "category", "one feature a category", True, 0, 51),
    Column("area_code", "category", "one feature a category, missing ones marked", True, 12, 3),
    Column("since", "date", "days, month, weekday and hour", True, 0, 731),
    Column("churn", "target", "to be predicted", False, 0, 2),
    Column("customer_id", "text", "left out: text or identifier", False, 0, 4000),
    Column("country", "category", "left out: constant", False, 0, 1),
    Column("total_day_charge", "number", "left out: same as total_day_minutes", False, 0, 1667),
)

WORDS = (
    "The richest network, 1024x3, overfits, and that costs 0.035 ± 0.006 of cross-entropy "
    "(>99 % sure). Take boosting: on test rows that nothing has seen its cross-entropy is 0.201 "
    "(0.181 to 0.221), its accuracy 0.921. Dropout 0.25 with L2 0.001 and batch normalization gets "
    "0.030 of it back. Twice the rows would buy about 0.016 (0.007 to 0.025)."
)

ANSWER = Answer(
    words=WORDS,
    metric=LOSS,
    rows=Rows(2_800, 400, 800),
    rungs=(*RUNGS, *(Rung(name, 0.05, 0.21, 0.008, "good", 0.0, 0.002, 0.4) for name in TRIED)),
    recommended=Recommended(
        "boosting",
        "It has the lowest validation cross-entropy, and no plainer rung equals it.",
        5,
        1.08,
    ),
    validation=Interval(0.1991, 0.1820, 0.2162),
    test={LOSS: Interval(0.2010, 0.1812, 0.2211), "accuracy": Interval(0.9212, 0.9014, 0.9381)},
    remedies=REMEDIES,
    more_data=MORE,
    checks=CHECKS,
    columns=COLUMNS,
    left_out=(
        "4 strengths of weight decay and input noise on 16: 2 more minutes would decide them",
        "a second round of runs for the learning curve",
    ),
)
WIDTHS = tuple(
    Width(
        model,
        units,
        30 * units + 1,
        5,
        {"error": train, LOSS: 2 * train},
        {"error": (last, 0.011), LOSS: (4 * last, 0.05)},
        {"error": (best, 0.012), LOSS: (2.5 * best, None)},
    )
    for model, units, train, last, best in (
        ("4", 4, 0.21, 0.24, 0.232),
        ("16", 16, 0.11, 0.31, 0.229),
        ("64x2", 64, 0.001, 0.36, 0.231),
        ("256x2", 256, 0.0, 0.28, 0.225),
        ("1024x3", 1024, 0.0, 0.25, 0.224),
    )
)
SWEEP = Sweep(
    "Double descent is seen in width: without early stopping, validation error is 0.240 at 4 "
    "units, 0.360 at 64 and 0.250 at 1,024; it rises by 0.120 ± 0.012 and falls again by 0.110 ± "
    "0.011.",
    ("error", LOSS),
    WIDTHS,
    2_800,
    "64x2",
    (
        Turn(
            "width", "error", None, 4, 64, 1024, (0.24, 0.36, 0.25), (0.12, 0.012), (0.11, 0.011),
            True,
        ),
    ),
)  # fmt: skip
"""Widths of a made-up sweep; the names are those of the ladder, whatever their layers."""
PLAIN = Answer("Nothing beats a constant.", LOSS, Rows(2_800, 400, 0), RUNGS[:1])
"""As little as an answer may hold."""


def write_examination(
    folder: Path,
    answer: Answer | None = ANSWER,
    task: Task = BINARY,
    repeats: int = 1,
    epochs: int = 60,
) -> StoredStudy:
    """Write the folder of an examination whose histories, verdicts and answer are made up."""
    models: dict[str, tuple[Learner, list[str]]] = {}
    for name, learner in LADDER.items():
        tried = ["remedies"] if name in ("1024x3", "16") else []
        models[name] = (learner, ["ladder", *tried])
    models |= {name: (learner, ["remedies"]) for name, learner in TRIED.items()}
    made = document(models, kind="examination", task=task, repeats=repeats, simulated=False)
    stored = write_study(folder, made, epochs)
    labels = {rung.model: rung.label for rung in ANSWER.rungs}
    judged = []
    for model in stored.results.models:
        label = labels[model.name]
        if label is None:  # a constant has no verdict
            judged.append(model)
            continue
        onset = min(15, epochs - 2) if label == "overfit" else None
        found = verdict(model.name, label, 0.96, onset_epoch=onset)
        found = replace(found, evidence=replace(found.evidence, needed=0.004))
        judged.append(replace(model, verdict=found))
    write_results(stored.folder, replace(stored.results, models=tuple(judged), answer=answer))
    return read_study(folder)
