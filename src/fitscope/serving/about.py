"""What an exported file says of itself: where it comes from, what it gives, how far to trust it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from fitscope.names import joined, plain

if TYPE_CHECKING:
    from fitscope.serving.served import Served
    from fitscope.study.folder import StoredStudy


def about(served: Served, stored: StoredStudy) -> dict[str, str]:
    """Facts by name, texts all of them; lists and figures as JSON.

    Args:
        served: the model that is exported.
        stored: the folder that it comes from.
    """
    document, answer, taken = stored.document, stored.results.answer, served.taken
    data, numbers = document.data, served.task.kind == "regression"
    names = [name for part in taken.parts for name in part.stored_as]
    rows = [document.train_rows_of(document.entry(name)) for name in names]
    found = {
        "task": served.task.kind,
        "target": served.trained.target or "",
        "classes": json.dumps(list(served.labels), ensure_ascii=False),
        "units": "the target's own" if numbers else "probabilities from 0 to 1",
        "model": taken.name,
        "members": str(len(served.members)),
        "temperature": repr(taken.temperature),
        "features": json.dumps(data.feature_names, ensure_ascii=False),
        "trained on": plain(data.location),
        "training rows": joined([str(one) for one in dict.fromkeys(rows)]),
        "fingerprint": data.fingerprint,
        "verdict": verdicts_words(stored, taken.models),
        "fitscope": version("fitscope"),
    }
    if answer is not None:
        found["answer"] = answer.words
        if taken == served.trained.recommended:  # not of one member of it alone
            found["test"] = json.dumps(
                {name: [one.value, one.low, one.high] for name, one in answer.test.items()}
            )
    return found


def verdicts_words(stored: StoredStudy, models: Sequence[str]) -> str:
    """The verdict on a model, or of several averaged that on each by its name.

    Args:
        stored: the folder.
        models: their names.
    """
    said = {model: verdict_words(stored, model) for model in models}
    if len(models) == 1:
        return said[models[0]]
    return " ".join(f"{model}: {words}" for model, words in said.items() if words)


def verdict_words(stored: StoredStudy, model: str) -> str:
    """The verdict on a model, why, and what overfitting costs; empty where it has none.

    Args:
        stored: the folder.
        model: its name.
    """
    from fitscope.verdicts.cost_words import cost_words
    from fitscope.verdicts.words import headline

    verdict = {one.name: one.verdict for one in stored.results.models}.get(model)
    if verdict is None:
        return ""
    told = headline(verdict)
    text = f"{told[0].upper()}{told[1:]}. {verdict.explanation}"
    if verdict.label == "too few":  # of which nobody need be sure
        text = verdict.explanation
    if verdict.cost is None:
        return text
    cost = cost_words(verdict.cost, verdict.evidence.needed).full
    return f"{text} What overfitting costs on rows nobody has seen: {cost}."
