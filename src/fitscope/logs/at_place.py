"""The logs that lie at one place."""

from __future__ import annotations

from fitscope.logs.log import Log
from fitscope.logs.places import Place


def logs_at(place: Place) -> list[Log]:
    """The logs of a file, a pipe, or a folder that is a run.

    Args:
        place: where; no study of our own, which a floor above reads.

    Raises:
        UserError: nothing that can be read.
    """
    if place.kind == "events":
        from fitscope.logs.events import event_log

        return [event_log(str(place.path), place.parts)]
    if place.kind == "mlflow":
        from fitscope.logs.mlflow import read_run

        return [read_run(place.path)]
    if place.kind == "catboost":
        from fitscope.logs.catboost import read_info

        return [read_info(place.path)]
    if place.kind == "wandb":
        from fitscope.logs.wandb import read_wandb_folder

        return read_wandb_folder(place.path)
    if place.kind == "burn":
        from fitscope.logs.burn import read_burn

        return [read_burn(place.path)]
    if place.kind == "kaldi":
        from fitscope.logs.kaldi import read_kaldi

        return [read_kaldi(place.path)]
    if place.kind == "group":
        from fitscope.logs.groups import read_group

        return read_group(place.parts[""])
    from fitscope.logs.files import read_file, read_source

    if place.kind == "pipe":
        import sys

        from fitscope.logs.source import of_pipe, of_stream

        if str(place.path) == "-":
            return read_source(of_stream("standard input", sys.stdin.buffer))
        return read_source(of_pipe(place.path))
    return read_file(place.path)
