"""What a folder says of its trained models: as much as predictions need, and read in no time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fitscope.errors import UserError, newer
from fitscope.names import listed
from fitscope.study.checksums import intact
from fitscope.study.document import RESULTS_FORMAT, StudyDocument
from fitscope.study.folder import Folder, has_finished_runs, read_document
from fitscope.study.rounds import runs_of_rounds


@dataclass(frozen=True)
class Taken:
    """A model that is used, and how.

    Attributes:
        model: its name.
        runs: numbers of the runs that are averaged.
        temperature: what the average's logits are divided by.
        refit: what the study calls these runs if they were trained on validation rows, too.
    """

    model: str
    runs: tuple[int, ...]
    temperature: float = 1.0
    refit: str | None = None

    @property
    def entry(self) -> str:
        """What the study calls these runs."""
        return self.refit or self.model


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
        if member not in taken.runs:
            raise UserError(
                f"{taken.model}: no run {member} among those that are averaged; they are "
                f"{listed([str(run) for run in taken.runs], None)}"
            )
        return replace(taken, runs=(member,))

    def _take(self, model: str | None) -> Taken:
        whole, recommended = self.whole, self.recommended
        if model is None and recommended is None and len(whole) == 1:
            (model,) = whole
        if model is not None and model not in whole:  # "large" is Large where nothing else is
            alike = [name for name in whole if name.casefold() == model.casefold()]
            model = alike[0] if len(alike) == 1 else model
        if model is None or (recommended is not None and model == recommended.model):
            if recommended is not None:
                return recommended
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
        return Taken(model, whole[model])


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
        refit, members = found.get("refit"), int(found["members"])
        recommended = Taken(
            found["model"],
            tuple(range(members)) if refit else trained.whole[found["model"]][:members],
            float(found["temperature"]),
            refit,
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise UserError(f"{folder.results}: damaged; put back the file of this folder") from None
    return replace(trained, recommended=recommended)
