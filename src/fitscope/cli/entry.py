"""The command `fitscope`: nothing is imported before Ctrl-C is taken care of."""

import atexit
import gc
import sys

SELDOM = 10_000
"""New objects after which Python looks for garbage in circles. Its own 700 come together dozens of
times while libraries are imported and drop nothing: a tenth of a short command."""


def main() -> None:
    """Run the command line; Ctrl-C ends it in one line, while libraries are imported, too."""
    stopped = False
    gc.set_threshold(SELDOM)
    atexit.register(gc.freeze)  # nor is anything looked for in the end, which took as long
    try:
        import signal

        def stop(*_: object) -> None:
            nonlocal stopped
            stopped = True
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, stop)
        from fitscope.cli.main import main as run

        run()
    except BaseException as error:
        # a library that is interrupted while it is imported raises an error of its own
        if isinstance(error, SystemExit) or not (stopped or isinstance(error, KeyboardInterrupt)):
            raise
        print("fitscope: stopped", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
