"""What a program printed, where it is wrapped into JSON: a notebook's, a container's lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fitscope.logs.documents import texts

MESSAGES = ("log", "message", "msg", "textpayload", "text", "line", "output")
PAYLOADS = ("jsonpayload", "record", "_source", "event")
DEPTH = 2  # how deep the records of an answer lie


def _shown(data: Mapping[str, Any]) -> Any:
    """What a notebook's cell showed: text, or HTML alone, as fastai and the Trainer do."""
    plain = data.get("text/plain")
    return data.get("text/html") if "".join(texts(plain)).startswith("<IPython") else plain


def printed_within(document: Any) -> str | None:
    """What a program printed, where it is wrapped into JSON: a notebook, lines of a container, a
    journal or a cloud.

    Args:
        document: what JSON or JSON lines hold.

    Example:
        >>> printed_within([{"log": "Epoch 1 loss 0.5", "stream": "stdout"}])
        'Epoch 1 loss 0.5'
    """
    if isinstance(document, Mapping) and isinstance(document.get("cells"), list):
        found = [
            part
            for cell in document["cells"]
            if isinstance(cell, Mapping)
            for output in cell.get("outputs") or ()
            if isinstance(output, Mapping)
            for part in texts(output.get("text") or _shown(output.get("data") or {}))
        ]
        return "".join(found) or None
    document = _listed(document, DEPTH)
    if document is None:
        return None
    records = [one for one in document if isinstance(one, Mapping)]
    payload = next((k for k in records[0] if k.lower() in PAYLOADS), None) if records else None
    inner = [one.get(payload) for one in records]
    for found in (records, [one for one in inner if isinstance(one, Mapping)]):
        texted = [k for k, value in found[0].items() if isinstance(value, str)] if found else []
        key = _message(texted)
        if key is not None:
            return "\n".join(str(one.get(key, "")).rstrip("\n") for one in found) or None
    return None


def _listed(document: Any, depth: int) -> list[Any] | None:
    """A list of records, or the first one below: `hits.hits` of a search, `events` of a stream."""
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping) or depth == 0:
        return None
    below = (_listed(one, depth - 1) for one in document.values())
    return next((one for one in below if one and isinstance(one[0], Mapping)), None)


def printed_in_column(words: Mapping[str, Sequence[str]]) -> str | None:
    """What a program printed, where it is a column of a table, as consoles of clouds export it.

    Args:
        words: columns of words by name.

    Example:
        >>> printed_in_column({"Message": ["Epoch 1 loss 0.5"], "stream": ["stdout"]})
        'Epoch 1 loss 0.5'
    """
    key = _message(words)
    return "\n".join(line.rstrip("\n") for line in words[key]) if key is not None else None


def _message(names: Iterable[str]) -> str | None:
    """The name of what was said: `log`, journald's `MESSAGE`, CloudWatch's `@message`."""
    said = {name.lower().lstrip("@"): name for name in names}
    return next((said[name] for name in MESSAGES if name in said), None)
