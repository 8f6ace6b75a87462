"""The command `fitscope`: nothing is imported before Ctrl-C is taken care of."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it in one line, while libraries are imported, too."""
    stopped = False
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
