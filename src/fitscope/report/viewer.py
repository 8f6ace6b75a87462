"""TensorBoard's own viewer on a folder of logs."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from fitscope.errors import UserError


def serve_tensorboard(logs: Path, port: int = 6006) -> None:
    """Serve `logs` on loopback until Ctrl-C.

    Args:
        logs: folder of event files.
        port: 0 takes any free one.

    Raises:
        UserError: the port is taken.
    """
    from tensorboard import program

    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    board = program.TensorBoard()
    options = ["--logdir", str(logs), "--port", str(port), "--load_fast", "false"]
    board.configure(argv=["tensorboard", *options])
    try:
        address = board.launch()
    except program.TensorBoardPortInUseError:
        raise UserError(f"port {port} is taken; choose another with --port, 0 for any") from None
    except (program.TensorBoardServerException, OSError) as error:
        raise UserError(f"port {port} cannot be opened ({error}); choose another") from None
    print(f"TensorBoard on {logs}: {address} (Ctrl-C ends it)", flush=True)
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        print()
