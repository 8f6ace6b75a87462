"""A model card: what a model is for, what it was made of, how good it is and where it ends.

Markdown below a head of YAML, as model hubs read it (Mitchell and others 2019, "Model cards for
model reporting"; the names in the head are those of the Hugging Face Hub).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.names import joined, listed
from fitscope.report.markdown import safe
from fitscope.report.record import record, stopping_words
from fitscope.report.words import number
from fitscope.serving.about import verdicts_words
from fitscope.serving.onnx.learners import KINDS
from fitscope.verdicts.words import check_words

if TYPE_CHECKING:
    from fitscope.serving.served import Served
    from fitscope.study.answer import Answer, Interval
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import ModelResult

LONG = 4_000  # signs of a paragraph
HUB = {"binary": "tabular-classification", "multiclass": "tabular-classification"}
"""What hubs call the tasks; the others are regressions."""


def card(served: Served, stored: StoredStudy) -> str:
    """The model card of a model in use.

    Args:
        served: the model.
        stored: the folder that it comes from.
    """
    answer = stored.results.answer
    parts = [
        _head(served, stored),
        f"# {safe(_title(served))}\n\n{_what(served, stored)}",
        _section("Use it", _use(served, stored)),
        _section("Scores", _scores(served, stored)),
        _section(
            "Does it over- or underfit?",
            safe(verdicts_words(stored, served.taken.models), LONG),
        ),
        _section("What was found in the table", _checks(answer)),
        _section("Limits", _limits(served, stored)),
        _section("Data", _data(stored)),
        _section("Columns", _columns(served, answer)),
        _section("Training", _training(served, stored)),
        _section("How to repeat it", _repeat(stored)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(served: Served, stored: StoredStudy) -> str:
    """YAML, of which JSON is a part: so texts need no escaping of their own."""
    task = HUB.get(served.task.kind, "tabular-regression")
    name = stored.folder.path.resolve().name
    where = Path(stored.document.data.location).name
    metrics = [
        {"type": metric, "name": _metric(served, metric), "value": value.value}
        for metric, value in _test(served, stored.results.answer).items()
    ]
    found: dict[str, Any] = {
        "library_name": "fitscope",
        "pipeline_tag": task,
        "tags": ["tabular", task, *dict.fromkeys(one.learner.kind for one in served.members)],
    }
    if metrics:
        result = {
            "task": {"type": task},
            "dataset": {"type": "tabular", "name": where, "split": "test"},
            "metrics": metrics,
        }
        found["metrics"] = [one["type"] for one in metrics]
        found["model-index"] = [{"name": name, "results": [result]}]
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in found.items()]
    return "\n".join(["---", *lines, "---"])


def _title(served: Served) -> str:
    target = served.trained.target
    return f"{served.taken.name}, to predict {target}" if target else served.taken.name


def _source(stored: StoredStudy) -> str:
    data = stored.document.data
    named = data.kind in ("file", "url")
    return f"`{Path(data.location).name}`" if named else "the table it learnt from"


def _what(served: Served, stored: StoredStudy) -> str:
    trained, task = served.trained, served.task
    target = f"`{trained.target}`" if trained.target else "the target"
    of = f", one of {listed(served.labels, 8)}," if served.labels else ", a number,"
    runs, models = len(served.members), len(served.taken.parts)
    how = f"{runs} runs averaged" if runs > 1 else "one run"
    if models > 1:
        how = f"{models} models averaged with equal weights, {runs} runs in all"
    if task.kind != "regression" and served.taken.temperature != 1:
        how += f", logits divided by {served.taken.temperature:.3g}"
    text = (
        f"Predicts {target}{safe(of)} for rows like those of {_source(stored)}. "
        f"{how.capitalize()}; made by fitscope."
    )
    answer = stored.results.answer
    if answer is not None:
        text += f"\n\n{safe(answer.words, LONG)}"
    if stored.document.data.simulated:
        text += "\n\nThe rows it learnt from are simulated."
    return text


def _use(served: Served, stored: StoredStudy) -> str:
    folder = shlex.quote(stored.folder.path.name)
    named = (
        ""
        if served.taken == served.trained.recommended
        else f" --model {shlex.quote(served.taken.name)}"
    )
    lines = [f"fitscope predict {folder} TABLE.csv{named} --out predictions.csv"]
    if all(member.learner.kind in KINDS for member in served.members):
        lines.append(f"fitscope export {folder}{named} --onnx model.onnx")
    return "\n".join(
        [
            *("```sh", *lines, "```", ""),
            "Columns may stand in any order; a column that was learnt from must be there.",
        ]
    )


def _test(served: Served, answer: Answer | None) -> dict[str, Interval]:
    """Scores on the test part, which are those of the recommended model alone."""
    if answer is None or served.taken != served.trained.recommended:
        return {}
    return {name: one for name, one in answer.test.items() if one.value is not None}


def _scores(served: Served, stored: StoredStudy) -> str:
    answer, rows = stored.results.answer, []
    for name, one in _test(served, answer).items():
        rows.append(("test, looked at once", _metric(served, name), *_interval(one)))
    if answer is not None and answer.validation is not None and rows:
        before = ""
        if any(part.refit is not None for part in served.taken.parts):
            folds = stored.document.data.folds > 1
            before = "runs on all rows joined in" if folds else "it was trained anew"
            before = f", before {before}"
        what = f"validation{before}, corrected for its having been chosen"
        rows.append((what, _metric(served, answer.metric), *_interval(answer.validation)))
    if not rows:
        several = len(served.taken.parts) > 1
        for model in stored.results.models:
            if model.name in served.taken.models:
                rows += _validated(served, model, model.name if several else "")
    return _table(("rows", "metric", "value", "95 % interval"), rows)


def _validated(served: Served, model: ModelResult, of: str = "") -> list[tuple[str, ...]]:
    """Scores of single runs on validation rows."""
    scores = model.best_corrected or model.best
    run = f"a single run of {of}" if of else "a single run"
    what = f"validation, {run}" + (", corrected" if model.best_corrected else "")
    found = []
    for metric in (served.task.loss, served.task.score):
        one = scores.get(metric.validation)
        if one is not None and one.mean is not None:
            error = one.error
            ends = (one.mean - 1.96 * error, one.mean + 1.96 * error) if error else None
            reach = "" if ends is None else f"{number(ends[0])} to {number(ends[1])}"
            found.append((what, metric.words, number(one.mean), reach))
    return found


def _interval(one: Interval) -> tuple[str, str]:
    if one.low is None or one.high is None:
        return number(one.value), ""
    return number(one.value), f"{number(one.low, one.value)} to {number(one.high, one.value)}"


def _metric(served: Served, name: str) -> str:
    task = served.task
    known = {metric.name: metric.words for metric in (task.loss, task.score)}
    return known.get(name, name.replace("_", " "))


def _checks(answer: Answer | None) -> str:
    if answer is None:
        return ""
    found = [safe(check_words(check), LONG) for check in answer.checks]
    return "\n".join(f"- {text}" for text in found) or "Nothing that speaks against the answer."


def _limits(served: Served, stored: StoredStudy) -> str:
    answer = stored.results.answer
    said = [
        "It knows the rows that it learnt from: other places, times or ways of measuring were not "
        "looked at, and neither was whether it treats groups of people alike."
    ]
    if served.encodings:
        said.append(
            "Categories that were rare or absent in training count for nothing; missing values are "
            "taken as they were learnt. Numbers far outside the range learnt from are bent "
            "towards it."
        )
    if answer is not None and not _test(served, answer):
        said.append("No test rows stand behind it.")
    if stored.document.quick:
        said.append("It was made in a hurry (`--quick`): a longer search may find a better one.")
    if answer is not None:
        said += [f"Left out: {safe(text, LONG)}" for text in answer.left_out]
    return "\n".join(f"- {text}" for text in said)


def _data(stored: StoredStudy) -> str:
    facts = dict(record(stored))
    rows = [(term, facts[term]) for term in ("Data", "Target", "Fingerprint") if term in facts]
    answer = stored.results.answer
    if answer is None:
        rows.insert(1, ("Rows", facts["Rows"]))
    else:
        parts = answer.rows
        told = f"{parts.train:,} train, {parts.validation:,} validate, {parts.test:,} test"
        folds = f", in {parts.folds} folds" if parts.folds > 1 else ""
        rows.insert(1, ("Rows", told + folds))
    return _table(("", ""), rows)


def _columns(served: Served, answer: Answer | None) -> str:
    if answer is None:
        names = [f"`{safe(name)}`" for name in served.columns]
        return f"Numbers, as features: {joined(names)}."
    rows = [
        (one.name, one.kind, one.treatment, f"{one.missing:,}", f"{one.distinct:,}")
        for one in answer.columns
    ]
    return _table(("column", "is", "what is done with it", "missing", "different values"), rows)


def _training(served: Served, stored: StoredStudy) -> str:
    document, facts = stored.document, dict(record(stored))
    rows: list[tuple[str, str]] = []
    for part in served.taken.parts:
        if len(served.taken.parts) > 1:
            rows.append(("Model", part.model))
        for name, numbers in part.stored_as.items():
            entry = document.entry(name)
            rows += [
                ("Learner", repr(entry.learner)),
                ("Size", str(entry.size)),
                ("Rows learnt from", _learnt_from(entry, stored)),
                ("Numbers of the runs averaged", listed([str(run) for run in numbers], None)),
            ]
            if entry.learner.kind == "mlp":
                plan, regression = document.plan_of(entry), served.task.kind == "regression"
                rows += [(term, facts[term]) for term in ("Training", "Learning rate")]
                rows.append(("Stopping", stopping_words(plan, regression)))
    rows += [(term, facts[term]) for term in ("Machine", "Versions")]
    return _table(("", ""), rows)


def _learnt_from(entry: ModelEntry, stored: StoredStudy) -> str:
    """How many rows a run has learnt from."""
    rows = stored.document.train_rows_of(entry)
    if entry.is_refit:
        if stored.document.data.folds > 1:
            return f"{rows:,}: all that do not test"
        return f"{rows:,}: trained anew on all that do not test, and scored so on those that do"
    return f"{rows:,}" + (" in the first fold" if stored.document.data.folds > 1 else "")


def _repeat(stored: StoredStudy) -> str:
    document = stored.document
    lines = [document.command] if document.command else []
    if stored.results.answer is not None:
        lines.append(
            f"fitscope examine {shlex.quote(stored.folder.path.name)}/study.json --out again"
        )
    told = "the same rows, seed and versions give the same numbers"
    if not lines:
        return f"It was made in Python, with seed {document.seed}: {told}."
    text = "\n".join(lines)
    return f"```sh\n{text}\n```\n\nSeed {document.seed}: {told}."


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}" if text else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(safe(cell, LONG) for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads), *lines])
