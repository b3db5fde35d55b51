"""The models → the JSON schema of a configuration file, for editors."""

from __future__ import annotations

import json
from typing import Any

from aggregator.config.models import FileModel


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one file of the folder; any of its keys may be absent."""
    made = FileModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "aggregator configuration"}


def schema_text() -> str:
    """What stands in `config/schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
