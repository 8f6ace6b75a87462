"""The shape of what `fitscope diagnose --json` prints.

`docs/diagnose.schema.json` is made of it by `make schema`.
"""

from __future__ import annotations

import json
from typing import Any

from typing_extensions import TypedDict

from fitscope.study.schema import StoredVerdict, described
from fitscope.verdicts.check import StoredCheck


class NotJudged(TypedDict):
    """A source without a verdict: why, and what the curves that are there tell."""

    source: str
    error: str
    checks: list[StoredCheck]


def json_schema() -> dict[str, Any]:
    """The JSON schema of the document: a list, first of verdicts, then of what was not judged."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(list[StoredVerdict | NotJudged])
    return described(adapter.json_schema(mode="serialization"), "fitscope diagnose --json")


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1, ensure_ascii=False))
