"""What a folder says of its trained models: as much as predictions need, and read in no time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from fitscope.errors import UserError, newer
from fitscope.names import joined, listed
from fitscope.study.checksums import intact
from fitscope.study.document import RESULTS_FORMAT, StudyDocument
from fitscope.study.folder import Folder, has_finished_runs, read_document
from fitscope.study.rounds import runs_of_rounds


@dataclass(frozen=True)
class Runs:
    """Runs of a model that are averaged.

    Attributes:
        model: its name.
        numbers: theirs; those of the runs trained on validation rows, too, follow where there are
            others.
        refit: what the study calls the runs that were trained on validation rows, too; None
            without any.
        begins: the number from which on they are; those before it were validated.
    """

    model: str
    numbers: tuple[int, ...]
    refit: str | None = None
    begins: int = 0

    def stored(self, number: int) -> tuple[str, int]:
        """What the study calls a run: a model, and its number there.

        Example:
            >>> both = Runs("hgb", (0, 1, 2, 3), "hgb on all 500 rows", begins=3)
            >>> both.stored(2), both.stored(3)
            (('hgb', 2), ('hgb on all 500 rows', 0))
        """
        if self.refit is None or number < self.begins:
            return self.model, number
        return self.refit, number - self.begins

    @property
    def stored_as(self) -> dict[str, list[int]]:
        """What the study calls them, to the numbers of those that it calls so."""
        found: dict[str, list[int]] = {}
        for number in self.numbers:
            found.setdefault(self.stored(number)[0], []).append(number)
        return found


@dataclass(frozen=True)
class Taken:
    """A model that is used, or several averaged with equal weights, and how.

    Attributes:
        parts: its runs, or those of each model.
        temperature: what the average's logits are divided by.
    """

    parts: tuple[Runs, ...]
    temperature: float = 1.0

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, the one of lowest loss first."""
        return tuple(part.model for part in self.parts)

    @property
    def name(self) -> str:
        """The name of the model, or those of all that are averaged."""
        return joined(self.models)

    def named(self, place: int) -> str:
        """One of the models, with the average that it is part of where there are several."""
        one = self.models[place]
        return f"{one}, one of {self.name}" if len(self.parts) > 1 else one


@dataclass(frozen=True)
class Trained:
    """The trained models of a folder.

    Attributes:
        folder: the paths.
        document: study.json.
        runs: model to the numbers of its finished runs.
        recommended: the model that the folder's answer recommends; None where it names none.
        columns: of an examined table all columns, of which models have seen some.
        target: the one among them that is predicted.
        weights: the one among them that says what each row counts.
    """

    folder: Folder
    document: StudyDocument
    runs: Mapping[str, tuple[int, ...]]
    recommended: Taken | None = None
    columns: tuple[str, ...] = ()
    target: str | None = None
    weights: str | None = None

    @property
    def whole(self) -> dict[str, tuple[int, ...]]:
        """Model to its runs as far as all folds have one; models without any are left out."""
        folds = self.document.data.folds
        found = {
            entry.name: tuple(runs_of_rounds(self.runs.get(entry.name, ()), folds))
            for entry in self.document.models
        }
        return {model: runs for model, runs in found.items() if runs}

    def take(self, model: str | None = None, member: int | None = None) -> Taken:
        """The model to use.

        Args:
            model: its name, in capital letters or small ones; the recommended one, or the only
                one, if left out.
            member: number of a run that is used alone; all are averaged if left out.

        Raises:
            UserError: no such model or run, or nobody has said which model.
        """
        taken = self._take(model)
        if member is None:
            return taken
        part, *others = taken.parts
        if others:
            raise UserError(
                f"{self.folder.path}: runs of {taken.name} are averaged; name the model of run "
                f"{member}, too (--model, model=)"
            )
        if member not in part.numbers:
            raise UserError(
                f"{part.model}: no run {member} among those that are averaged; they are "
                f"{listed([str(run) for run in part.numbers], None)}"
            )
        return replace(taken, parts=(replace(part, numbers=(member,)),))

    def _take(self, model: str | None) -> Taken:
        whole, recommended = self.whole, self.recommended
        if model is None and recommended is None and len(whole) == 1:
            (model,) = whole
        if model is not None and model not in whole:  # "large" is Large where nothing else is
            alike = [name for name in whole if name.casefold() == model.casefold()]
            model = alike[0] if len(alike) == 1 else model
        if recommended is not None and (model is None or (model,) == recommended.models):
            return recommended
        if model is None:
            raise UserError(
                f"{self.folder.path}: it recommends no model; name one (--model, model=): "
                f"{listed(list(whole), None, 'or')}"
            )
        if model not in whole:
            known = [entry.name for entry in self.document.models]
            if model in known:
                raise UserError(
                    f"{self.folder.path}: not all folds of {model} were trained; name another model"
                )
            raise UserError(
                f"{self.folder.path}: no model {model!r}; it has {listed(list(whole), None)}"
            )
        averaged = recommended.parts if recommended is not None else ()
        alone = [part for part in averaged if part.model == model]
        return Taken(tuple(alone) or (Runs(model, whole[model]),))


def read_trained(path: Path | str) -> Trained:
    """The trained models of a folder.

    Raises:
        UserError: no study there, no finished run, a damaged file or a newer format.
    """
    folder, document = Folder(Path(path)), read_document(path, for_use=True)
    if not (folder.results.exists() or has_finished_runs(folder)):  # or it says what was lost
        raise UserError(
            f"{path}: no finished run in this study yet; go on with its command and --resume"
        )
    try:
        stored = json.loads(intact(folder.path, folder.results))
        if stored.get("format", 1) > RESULTS_FORMAT:
            raise newer(folder.results, stored["format"], RESULTS_FORMAT)
        runs: dict[str, list[int]] = {}
        for run in stored["runs"]:
            runs.setdefault(str(run["model"]), []).append(int(run["repeat"]))
        columns = stored.get("columns", ())
        trained = Trained(
            folder,
            document,
            {model: tuple(sorted(numbers)) for model, numbers in runs.items()},
            None,
            tuple(column["name"] for column in columns),
            *(
                next((column["name"] for column in columns if column["kind"] == role), None)
                for role in ("target", "weight")
            ),
        )
        found = stored.get("recommended")
        if found is None:
            return trained
        parts = tuple(_runs(part, trained) for part in (found, *found.get("beside", ())))
        recommended = Taken(parts, float(found["temperature"]))
        if len(set(recommended.models)) < len(parts) or not 0 < recommended.temperature < inf:
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise UserError(f"{folder.results}: damaged; put back the file of this folder") from None
    return replace(trained, recommended=recommended)


def _runs(part: Mapping[str, Any], trained: Trained) -> Runs:
    """What results.json says of a model to take.

    Raises:
        LookupError: no such model.
        ValueError: not so many runs.
    """
    model, refit, members = part["model"], part.get("refit"), int(part["members"])
    document, known = trained.document, trained.whole[model]
    validated = int(part.get("validated", 0)) if refit else members
    anew = members - validated
    if not 0 <= validated <= len(known) or members < 1:
        raise ValueError(f"{model}: {members} runs")
    if refit is None:
        return Runs(model, known[:members])
    if not 0 < anew <= len(document.runs_of(document.entry(refit))):
        raise ValueError(f"{refit}: {anew} runs")
    begins = known[validated - 1] + 1 if validated else 0
    return Runs(model, (*known[:validated], *range(begins, begins + anew)), refit, begins)
