"""A test that hangs tells where, and fails alone: its process ends, and another one goes on.

pytest's `faulthandler_timeout` does so by a thread that it starts and ends for each test, which
takes a millisecond, as long as most tests. Here one thread watches over all that begin within some
seconds.
"""

import faulthandler
import math
import os
import time

MOST = 300  # seconds that a test may take
SELDOM = 10  # seconds after which a thread is started anew: a test may have as many less


class Watch:
    """A plugin of pytest's; made before anything is captured."""

    def __init__(self) -> None:
        self._errors = os.dup(2)
        self._since = -math.inf

    def pytest_runtest_setup(self) -> None:
        """A test begins."""
        now = time.monotonic()
        if now - self._since > SELDOM:
            self._since = now
            faulthandler.dump_traceback_later(MOST, file=self._errors, exit=True)

    def pytest_exception_interact(self) -> None:
        """A test has failed, at which pytest ends the thread."""
        self._since = -math.inf

    def pytest_sessionfinish(self) -> None:
        """The last test has ended."""
        faulthandler.cancel_dump_traceback_later()
