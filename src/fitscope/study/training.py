"""A folder that a study is trained in: its lock, its workers, and what goes on in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

from fitscope.errors import UserError
from fitscope.files import locked
from fitscope.learners.base import Precision
from fitscope.study.definition import Definition, make_document, same_study
from fitscope.study.device import choose_device
from fitscope.study.document import StudyDocument
from fitscope.study.events import Observer
from fitscope.study.executor import Crew
from fitscope.study.executors import LOCAL, check_executor, machines_of, memory_of
from fitscope.study.folder import Folder, read_document
from fitscope.study.growing import Training
from fitscope.study.precision import choose_precision
from fitscope.study.rounds import store_places
from fitscope.study.training_folder import (
    check_folder,
    forget_if_empty,
    remove_leftovers,
    write_document,
)

Watch = Callable[[StudyDocument], AbstractContextManager[Observer]]


def unwatched(document: StudyDocument) -> AbstractContextManager[Observer]:
    """Nobody is told anything."""
    del document
    return nullcontext(lambda _: None)


@contextmanager
def training(
    definition: Definition,
    path: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    jobs: int | None = None,
    executor: str = LOCAL,
    watch: Watch = unwatched,
) -> Iterator[Training]:
    """A study in the folder `path`, which is this program's own until the context ends.

    Args:
        definition: the study; without models they are added by `Training.train`.
        path: its folder; made if it is not there.
        device: "auto", "cpu" or "gpu".
        resume: go on with the study that is in the folder.
        jobs: how many runs go side by side at most; as many as there are cores if left out.
        executor: what trains: "local", "ray" or "ray:ADDRESS"; it changes no numbers.
        watch: gives, for the study's document, a context whose observer is told what happens.

    Yields:
        The study. Its workers stay warm until the context ends or it is complete.

    Raises:
        UserError: the folder holds another study, somebody else works in it, no space is left.
        KeyboardInterrupt: Ctrl-C; what was done is kept, and `resume` goes on.
    """
    check_executor(executor)
    folder = Folder(path)
    check_folder(path, resume)
    found = read_document(path) if folder.study.exists() else None
    chosen = choose_device(found.device if found else device)
    wanted = make_document(definition, chosen, memory_of(executor, chosen))
    if found is None:
        wanted = wanted.model_copy(update={"precision": _precision(definition, wanted)})
    document = same_study(found, wanted, path) if found else wanted
    with locked(path):
        if found is None:  # somebody may have been here while the rows were looked at
            check_folder(path, resume=False)
        remove_leftovers(path)
        try:
            # what follows in the folder is of today's format, so what says so comes first
            write_document(folder, document)
            store_places(folder, definition.splits, definition.places, definition.groups)
            with ExitStack() as stack:
                observer = stack.enter_context(watch(document))
                machines = machines_of(executor, document.device, path, jobs)
                crew = stack.enter_context(Crew(machines, jobs))
                yield Training(definition, document, folder, observer, crew, executor, stack)
        except UserError:
            if not found:
                forget_if_empty(folder)
            raise


def _precision(definition: Definition, document: StudyDocument) -> Precision:
    learners = [learner for learner, _ in definition.models.values()]
    folds = definition.splits
    runs = max(1, definition.repeats // len(folds))  # on the same rows
    return choose_precision(definition.plan, document.device, learners, folds[0], runs)
