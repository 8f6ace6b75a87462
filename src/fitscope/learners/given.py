"""Objects of the caller's own that study.json cannot hold: kept in this process, sent to workers.

A function that builds a network, an estimator with a function among its settings: no folder keeps
them, because reading them back would run code from data. study.json holds a description and a
fingerprint. Whoever gives the same object again, in this process or in another one, can train it
again; without it everything that is stored is shown as usual.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping
from typing import Any

from fitscope.errors import UserError, reason
from fitscope.learners.fingerprint import fingerprint

_PACKED: dict[str, bytes] = {}
"""Objects of this process by fingerprint, as they were when they were given."""


def keep(given: Any, what: str) -> str:
    """Keep an object as it is now; what happens to it later changes nothing.

    Args:
        given: the object.
        what: it is, for the message.

    Returns:
        Its fingerprint, which is the same in another process.

    Raises:
        UserError: it holds something that cannot be sent to another process.

    Example:
        >>> found = keep(lambda x: x + 1, "a function")
        >>> kept(found)(2), kept("0" * 64) is None
        (3, True)
    """
    import cloudpickle

    key = fingerprint(given)
    if key in _PACKED:
        return key
    try:
        packed = cloudpickle.dumps(given)
    except Exception as error:  # whatever the object's own methods raise
        raise UserError(
            f"{what} cannot be sent to a training process ({reason(error)}); open files, locks and "
            "generators must be made where they are used"
        ) from None
    _PACKED[key] = packed
    return key


def kept(key: str) -> Any:
    """A new copy of the object of that fingerprint; None where nobody gave it in this process."""
    import cloudpickle

    packed = _PACKED.get(key)
    return None if packed is None else cloudpickle.loads(packed)


def missing(what: str) -> UserError:
    """What to tell somebody who wants to use an object that this process does not have."""
    return UserError(
        f"{what} is an object of yours, which no folder holds; give it again in Python to train "
        "it or to predict with it"
    )


def packed(key: str, what: str) -> dict[str, Any]:
    """An object as plain values for the one process that it is sent to.

    Args:
        key: its fingerprint.
        what: it is, for the message.

    Raises:
        UserError: nobody gave it in this process.
    """
    if key not in _PACKED:
        raise missing(what)
    text = base64.b85encode(_PACKED[key]).decode()
    return {"fingerprint": key, "object": text, "path": [one or os.getcwd() for one in sys.path]}


def unpack(message: Mapping[str, Any]) -> None:
    """Take over an object that this process's parent has packed.

    Modules of the caller's own are found where they were: behind all others, so that a file called
    numpy.py beside them is not imported.

    Args:
        message: what `packed` gave; it must come from the parent itself, never from a file.
    """
    sys.path += [one for one in message["path"] if one not in sys.path]
    _PACKED[message["fingerprint"]] = base64.b85decode(message["object"])
