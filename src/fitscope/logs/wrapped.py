"""What a program printed, where it is wrapped into JSON: a notebook's, a container's lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitscope.logs.documents import texts

MESSAGES = ("log", "message", "msg", "textPayload", "text", "line", "output")


def _shown(data: Mapping[str, Any]) -> Any:
    """What a notebook's cell showed: text, or HTML alone, as fastai and the Trainer do."""
    plain = data.get("text/plain")
    return data.get("text/html") if "".join(texts(plain)).startswith("<IPython") else plain


def printed_within(document: Any) -> str | None:
    """What a program printed, where it is wrapped into JSON: a notebook, a container's lines.

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
    if not isinstance(document, list):
        return None
    records = [one for one in document if isinstance(one, Mapping)]
    key = next((k for k in MESSAGES if records and isinstance(records[0].get(k), str)), None)
    said = [str(one.get(key, "")).rstrip("\n") for one in records] if key else []
    return "\n".join(said) or None
