"""Wall time of fresh processes: a bare interpreter, `import fitscope`, `fitscope --help`."""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path


def measure(python: str, processes: int) -> dict[str, float]:
    """Median seconds of each, in turn, so many times."""
    script = Path(python).parent / "fitscope"
    if script.exists():
        command = [str(script)]
    else:
        command = [python, "-c", "from fitscope.cli.main import main; main()"]
    commands = {
        "python": [python, "-c", "pass"],
        "import fitscope": [python, "-c", "import fitscope"],
        "fitscope --help": [*command, "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(processes + 1):
        for name, words in commands.items():
            began = time.perf_counter()
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=120)
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values[1:]) for name, values in seconds.items()}
