"""Write the curves that fitscope judges as the plainest logs there are; run by its own Python.

    python benchmarks/plain_logs.py FOLDER LOG...

For each log FOLDER gets NUMBER.csv and NUMBER/trainer_state.json, where one run was judged.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from fitscope.api.diagnose import judged_paths


def main() -> None:
    folder, *logs = map(Path, sys.argv[1:])
    for number, log in enumerate(logs):
        runs = list(judged_paths([log]))
        history = getattr(runs[0].found, "history", None) if len(runs) == 1 else None
        if history is None or history.train is None:
            continue
        name = "accuracy" if history.higher_is_better else "loss"
        curves = (history.epochs.tolist(), history.train.tolist(), history.validation.tolist())
        rows = list(zip(*curves, strict=True))
        with (folder / f"{number}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([("epoch", name, f"val_{name}"), *rows])
        logged = [
            {"epoch": epoch, "step": step, key: value}
            for step, (epoch, *values) in enumerate(rows, 1)
            for key, value in zip((name, f"eval_{name}"), values, strict=True)
        ]
        state = {"global_step": len(rows), "max_steps": len(rows), "log_history": logged}
        (folder / str(number)).mkdir()
        (folder / str(number) / "trainer_state.json").write_text(json.dumps(state))


if __name__ == "__main__":
    main()
