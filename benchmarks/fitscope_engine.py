"""fitscope's training loop, in a process with the threads that a study gives it.

fitscope_engine.py environments    what a study sets for a worker, a model, as JSON
fitscope_engine.py ROWS            take turns, in such an environment
"""

from __future__ import annotations

import json
import sys

from guide import BATCH, FEATURES, TRAIN, load
from turns import Watch, serve

from fitscope.guide.models import MODELS, plan


def environments() -> dict[str, dict[str, str]]:
    """The variables that `fitscope.study.executor` starts each model's worker with."""
    from fitscope.process import available_cores
    from fitscope.study.executor import WIDE_FROM, worker_environment
    from fitscope.task import BINARY

    found = {}
    for name, (model, _) in MODELS.items():
        work = model.work(FEATURES, BINARY, plan(batch_size=BATCH), TRAIN)
        found[name] = worker_environment("cpu", available_cores() if work >= WIDE_FROM else 1)
    return found


def main(path: str) -> None:
    import jax

    import fitscope
    from fitscope.data.split import Split
    from fitscope.learners.base import Interrupted, NewEpochs
    from fitscope.learners.mlp.train import train

    split = Split(*load(path))
    endless = plan(batch_size=BATCH, max_epochs=1_000_000, patience=1_000_000)

    def turn(name: str, watch: Watch) -> None:
        done = 0

        def progress(news: NewEpochs) -> None:
            nonlocal done
            epochs, done = news.epoch + len(news.metrics) - done, news.epoch + len(news.metrics)
            watch.lap(epochs)

        try:
            model, _ = MODELS[name]
            train(model, endless, split, on_progress=progress, interrupted=lambda: watch.enough)
        except Interrupted:
            pass

    serve({"fitscope": fitscope.__version__, "jax": jax.__version__}, turn)


if __name__ == "__main__":
    if sys.argv[1] == "environments":
        print(json.dumps(environments()))
    else:
        main(sys.argv[1])
