"""The encoding of text, by its mark, its zeros and the words in it."""

from __future__ import annotations

import re

from fitscope.logs.names import meaning

MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
OF_WINDOWS = ("cp1252", "gb18030", "shift_jis", "euc_kr", "cp1251")
"""What consoles of Windows wrote before UTF-8, of Western Europe first."""
WORD = re.compile(r"[^\W\d_]{2,}")
MOST_BROKEN = 0.5  # share of the signs beyond ASCII that are none of UTF-8's, from which on none is
ZEROS = 0.4  # share of every second byte, from which on they are the other halves of signs
READABLE = 0.9  # share of signs that a screen can show, escapes of colours aside
LONGEST = 1 << 14  # bytes in which words are looked for


def encoding_of(head: bytes) -> str:
    """The encoding of the text that begins with these bytes; UTF-8 where nothing tells another.

    Example:
        >>> encoding_of("Época 1, perda: 0.5".encode("cp1252"))
        'cp1252'
        >>> encoding_of("第1轮 训练损失 0.5".encode("gb18030")), encoding_of(b"loss: 0.5")
        ('gb18030', 'utf-8')
        >>> encoding_of("loss: 0.5".encode("utf-16-le"))
        'utf-16-le'
    """
    for mark, code in MARKS.items():
        if head.startswith(mark):
            return code
    if b"\0" in head:
        odd, even = head[1::2].count(0), head[::2].count(0)
        few = ZEROS * len(head[1::2])
        code = "utf-16-le" if odd > even else "utf-16-be"
        halves = max(odd, even) > few >= min(odd, even)
        return code if halves and _can_be_read(head[:LONGEST], code) else "utf-8"
    if head.isascii():
        return "utf-8"
    broken = head.decode("utf-8", errors="replace")
    foreign = sum(not sign.isascii() for sign in broken)
    if broken.count("\ufffd") <= MOST_BROKEN * foreign:
        return "utf-8"
    return max(OF_WINDOWS, key=lambda code: _known_words(head[:LONGEST].decode(code, "replace")))


def _can_be_read(head: bytes, code: str) -> bool:
    """Whether bytes with zeros are text in an encoding, and not numbers."""
    text = head.decode(code, errors="replace")
    return sum(sign.isprintable() or sign.isspace() for sign in text) > READABLE * len(text)


def _known_words(text: str) -> int:
    """How many words beyond ASCII name rows or a metric."""
    found = {word for word in WORD.findall(text) if not word.isascii()}
    return sum(meaning(w).part is not None or meaning(w).metric.isascii() for w in found)
