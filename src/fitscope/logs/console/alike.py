"""Of a long log's lines that are alike, one batch after another, some: the others say the same."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any, BinaryIO

from fitscope.logs.console.place import Place, place_of

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
    place: Place | None = None  # of the last one that stood elsewhere than the one before

    def take(self, at: int, go: int) -> None:
        """Count one more."""
        if self.go != go:
            self.before, self.count, self.go = self.count, 0, go
        self.at, self.count = at, self.count + 1

    def stride(self) -> int:
        if self.before:
            return max(self.before // KEPT, 1)
        return min(max(self.count // FIRST, 1), SPARSEST)


class Alike(io.RawIOBase):
    """A stream of lines without most of those that are alike; its first bytes are left as they are.

    Lines are alike if they differ in numbers and bars alone. Of such a go of them, an epoch's
    batches, some spread evenly are kept, and the last. Whatever is not one of many stays, and so
    does what is about validation rows, begins an epoch, or has no words. Before a line that stays
    the last ones of other kinds that were passed over do, too: each value keeps its place.

    Args:
        inner: the bytes, of an encoding in which line ends are single bytes.
        exact: bytes at the beginning that stay whole.
        encoding: of the bytes.

    Example:
        >>> batches = b"".join(b"batch %d loss 0.5\\n" % batch for batch in range(1_000))
        >>> text = b"".join(batches + b"epoch %d val 0.6\\n\\n" % epoch for epoch in range(9))
        >>> alike = Alike(io.BytesIO(text), exact=20_000)
        >>> len(text) > 150_000, len(alike.readall()) < 50_000, alike.passed
        (True, True, 7535)
    """

    def __init__(self, inner: BinaryIO, exact: int = EXACT, encoding: str = "utf-8") -> None:
        self._inner, self._exact, self._encoding = inner, exact, encoding
        self._kinds: dict[bytes, _Kind] = {}
        self._holding: dict[bytes, bytes] = {}  # the last one that was passed over, by kind
        self._epochs = False  # lines name epochs
        self._measuring = False  # lines without a word for their rows are about validation rows
        self._headed = False  # also those of single batches
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
        over = kind is None or self.seen - kind.at > APART  # the go before it
        self._go += over
        if kind is None:
            kind = _Kind(self.seen, self._go)
            if len(self._kinds) < MOST:
                self._kinds[key] = kind
        else:
            kind.take(self.seen, self._go)
        if self._exact > 0:
            return [line]
        if not self._stays(kind, line) and not over:
            self._holding.pop(key, None)
            stride = kind.stride()
            if stride > 1 and kind.count % stride != 1:
                self._holding[key] = line
                self.passed += 1
                return []
        return [*self._held(), line]

    def _stays(self, kind: _Kind, line: bytes) -> bool:
        """Whether a line says what no other one does."""
        place, moves = kind.place, False
        if place is None or place.epoch not in line:
            place = kind.place = place_of(line, self._encoding)
            moves = bool(place.epoch)
        self._epochs |= moves
        if place.held_back:
            self._measuring, self._headed = True, place.heads
        elif self._measuring:
            within = (place.step or place.progress) and not self._headed
            alone = place.step and not self._epochs
            self._measuring = not (moves or place.training or within or alone)
        return self._measuring or moves or (place.stays and not line.isspace())

    def _held(self) -> list[bytes]:
        """The last lines of each kind that were passed over, in their order."""
        ready = [*self._holding.values()]
        self._holding.clear()
        self.passed -= len(ready)
        return ready

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()
