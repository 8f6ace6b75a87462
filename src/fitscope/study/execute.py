"""A study from its definition to its stored result, or on from where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fitscope.errors import UserError
from fitscope.study.definition import Definition, Planned
from fitscope.study.executors import LOCAL
from fitscope.study.folder import StoredStudy
from fitscope.study.jobs import goes_alone
from fitscope.study.training import Watch, training, unwatched


def execute(
    definition: Definition,
    path: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    jobs: int | None = None,
    executor: str = LOCAL,
    watch: Watch = unwatched,
    finish: Callable[[StoredStudy], object] = lambda _: None,
) -> StoredStudy:
    """Train what is not trained yet and store it in the folder `path`.

    Args:
        definition: the study.
        path: its folder; made if it is not there.
        device: "auto", "cpu" or "gpu".
        resume: go on with the study that is in the folder.
        jobs: how many runs go side by side at most; as many as there are cores if left out.
        executor: what trains: "local", "ray" or "ray:ADDRESS"; it changes no numbers.
        watch: gives, for the study's document, a context whose observer is told what happens.
        finish: called with the complete study while the folder is still this program's own.

    Returns:
        The stored study, complete.

    Raises:
        UserError: the study has no models, the folder holds another one, somebody else works in
            it, no space is left.
        KeyboardInterrupt: Ctrl-C; what was done is kept, and `resume` goes on.
    """
    if not definition.models:
        raise UserError("the study has no models; add one")
    opened = training(
        definition,
        path,
        device=device,
        resume=resume,
        jobs=jobs,
        executor=executor,
        watch=watch,
    )
    with opened as study:
        document = study.document
        # runs on one core side by side come first, then those that take all cores
        study.train(
            {
                entry.name: Planned(entry.learner, entry.groups, definition.repeats)
                for entry in sorted(document.models, key=lambda one: goes_alone(document, one))
            }
        )
        stored = study.complete()
        finish(stored)
    return stored
