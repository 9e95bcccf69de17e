"""Parts of an OpenAPI schema as its page shows them."""

import json
from dataclasses import dataclass
from typing import Any

from portal.api.openapi import Json

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a body or an answer; `name` holds the way to it: charges[].amount."""

    name: str
    type: str
    required: bool
    description: str


def fields_of(schema: Json, content: Json) -> list[FieldRow]:
    """The fields of a request's body or an answer, nested ones behind their parent."""
    media = content["content"].get(JSON)
    return list(_rows(schema, media["schema"], "")) if media else []


def _rows(schema: Json, node: Json, prefix: str) -> list[FieldRow]:
    node = _resolved(schema, node)
    if node.get("type") == "array":
        return _rows(schema, node["items"], f"{prefix}[]." if prefix else "")
    rows: list[FieldRow] = []
    for name, field in node.get("properties", {}).items():
        inner = _resolved(schema, field)
        path = f"{prefix}{name}"
        required = name in node.get("required", ())
        rows.append(FieldRow(path, type_of(inner), required, field.get("description") or inner.get("description", "")))
        if inner.get("type") == "object":
            rows += _rows(schema, inner, f"{path}.")
        if inner.get("type") == "array":
            rows += _rows(schema, inner, path)
    return rows


def _resolved(schema: Json, node: Json) -> Json:
    reference = node.get("$ref") or (node["allOf"][0].get("$ref") if "allOf" in node else None)
    return schema["components"]["schemas"][reference.rpartition("/")[2]] if reference else node


def type_of(node: Json) -> str:
    """A type in a word or two: «string, date», «number or null»."""
    if "anyOf" in node:
        return " | ".join(dict.fromkeys(type_of(part) for part in node["anyOf"]))
    kind = str(node.get("type", "object"))
    return f"{kind}, {node['format']}" if "format" in node else kind


def shown_example(content: Json) -> str:
    """The first example as indented JSON; empty for an answer that is a file."""
    media: Any = content["content"].get(JSON)
    if not media:
        return ""
    example = next(iter(media["examples"].values()))["value"]
    return json.dumps(example, ensure_ascii=False, indent=2)
