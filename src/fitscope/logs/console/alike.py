"""Of a long log's lines that are alike, one batch after another, some: the others say the same."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any, BinaryIO

EXACT = 1 << 22  # bytes that are read line by line, whatever is in them
AT_ONCE = 1 << 20  # bytes
ENDS = re.compile(rb"[^\r\n]*[\r\n]+")
CHANGES = b"0123456789.,+-eE#=> \t" + bytes(range(0x80, 0xC0))
"""What differs in a line that is printed again and again: its numbers and its bar, which in UTF-8
differ in the last bytes of their signs."""
APART = 3  # lines that may stand between two of a kind in one go: several a batch
KEPT = 50  # lines of each kind of an epoch
FIRST, SPARSEST = 5_000, 20
"""Of lines that go on and on, with no epochs between them, all so many are read, then every second
one and so on, and never fewer than one of so many."""
MOST = 10_000  # kinds of lines that are remembered


@dataclass
class _Kind:
    """What is known of lines that differ in their numbers alone."""

    at: int  # the last one
    go: int
    count: int = 1  # in this go
    before: int = 0  # in the go before it
    held: bytes | None = None  # the last one, if it was passed over

    def stride(self) -> int:
        if self.before:
            return max(self.before // KEPT, 1)
        return min(max(self.count // FIRST, 1), SPARSEST)


class Alike(io.RawIOBase):
    """A stream of lines without most of those that are alike; its first bytes are left as they are.

    Lines are alike if they differ in numbers and bars alone. Of such a go of them, an epoch's
    batches, some spread evenly are kept, and the last. Whatever is not one of many stays.

    Args:
        inner: the bytes, of an encoding in which line ends are single bytes.
        exact: bytes at the beginning that stay whole.

    Example:
        >>> batches = b"".join(b"batch %d loss 0.5\\n" % batch for batch in range(1_000))
        >>> text = b"".join(batches + b"epoch %d val 0.6\\n\\n" % epoch for epoch in range(9))
        >>> alike = Alike(io.BytesIO(text), exact=20_000)
        >>> len(text) > 150_000, len(alike.readall()) < 50_000, alike.passed
        (True, True, 7535)
    """

    def __init__(self, inner: BinaryIO, exact: int = EXACT) -> None:
        self._inner, self._exact = inner, exact
        self._kinds: dict[bytes, _Kind] = {}
        self._holding: dict[bytes, _Kind] = {}
        self._go = 0
        self._rest = b""  # of a line
        self._ready = memoryview(b"")
        self.seen = self.passed = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._ready:
            block = self._inner.read(AT_ONCE)
            if not block:
                self._ready = memoryview(b"".join((*self._held(), self._rest)))
                self._rest = b""
                break
            self._ready = memoryview(self._taken(block))
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _taken(self, block: bytes) -> bytes:
        text = self._rest + block
        end = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        if not end:  # a line without an end is somebody else's to cut
            held = b"".join(self._held())
            self._rest = b""
            return held + text
        self._rest = text[end:]
        kept: list[bytes] = []
        for line in ENDS.findall(text, 0, end):
            self.seen += 1
            self._exact -= len(line)
            kept += self._kept(line)
        return b"".join(kept)

    def _kept(self, line: bytes) -> list[bytes]:
        key = line.translate(None, CHANGES)
        kind = self._kinds.get(key)
        before: list[bytes] = []
        if kind is None or self.seen - kind.at > APART:  # the go before it is over
            before = self._held()
            self._go += 1
        if kind is None:
            if len(self._kinds) < MOST:
                self._kinds[key] = _Kind(self.seen, self._go)
            return [*before, line]
        if kind.go != self._go:
            kind.before, kind.count, kind.go = kind.count, 0, self._go
        kind.at = self.seen
        kind.count += 1
        stride = kind.stride()
        if self._exact > 0 or stride == 1 or kind.count % stride == 1:
            kind.held = None
            self._holding.pop(key, None)
            return [*before, line]
        kind.held = line
        self._holding[key] = kind
        self.passed += 1
        return before

    def _held(self) -> list[bytes]:
        """The last lines of each kind that were passed over, in their order."""
        ready = sorted((kind.at, kind.held or b"") for kind in self._holding.values())
        for kind in self._holding.values():
            kind.held = None
        self._holding.clear()
        self.passed -= len(ready)
        return [line for _, line in ready]

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()
