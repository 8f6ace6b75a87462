"""fitscope's training loop, in a process with the threads that a study gives it.

fitscope_engine.py environments         what a study sets for a worker, a model, as JSON
fitscope_engine.py ROWS PRECISION       take turns, in such an environment, in float32 or bfloat16
"""

from __future__ import annotations

import json
import sys

from guide import BATCH, FEATURES, TRAIN, load
from turns import Watch, serve

from fitscope.guide.models import MODELS, plan


def environments() -> dict[str, dict[str, str]]:
    """The variables that `fitscope.study` starts each model's worker with."""
    from fitscope.process import available_cores
    from fitscope.study.device import worker_environment
    from fitscope.study.jobs import is_wide
    from fitscope.task import BINARY

    work = {name: m.work(FEATURES, BINARY, plan(), TRAIN) for name, (m, _) in MODELS.items()}
    wide = {name: is_wide(each) for name, each in work.items()}
    return {
        name: worker_environment("cpu", available_cores() if wide[name] else 1) for name in wide
    }


def main(path: str, precision: str) -> None:
    import jax

    import fitscope
    from fitscope.data.split import Split
    from fitscope.learners.base import Interrupted, NewEpochs
    from fitscope.learners.mlp.train import train

    split = Split(*load(path))
    long = 1_000_000
    endless = plan(batch_size=BATCH, max_epochs=long, patience=long, precision=precision)

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
        main(*sys.argv[1:])
