"""The OpenAPI document, made from the table of operations."""

from typing import Any

import msgspec

import lms_tui
from lms_tui.wire.errors import CONTENT_TYPE, Problem
from lms_tui.wire.operation import Access, Operation
from lms_tui.wire.operations import ALL

_REF = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """Return the whole document as plain JSON values."""
    types = [Problem, *(kind for operation in ALL for kind in (operation.request, operation.response))]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, Any] = {}
    for operation in ALL:
        fields = components[by_type[operation.request]["$ref"].rsplit("/", 1)[1]]
        entry = _entry(operation, fields, by_type[operation.response], by_type[Problem])
        paths.setdefault(operation.path, {})[operation.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {"title": "lms-tui", "version": lms_tui.__version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _content(operation: Operation[Any, Any], reply: Any) -> dict[str, Any]:
    """Return what the document says about the body of a success."""
    if operation.streams:
        return {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    if operation.events:  # of each event's data (OpenAPI has no word for a stream of them before 3.2)
        return {"text/event-stream": {"schema": reply}}
    return {"application/json": {"schema": reply}}


def _entry(operation: Operation[Any, Any], fields: dict[str, Any], reply: Any, problem: Any) -> dict[str, Any]:
    """Return what the document says about one operation."""
    properties: dict[str, Any] = fields.get("properties", {})
    required = set(fields.get("required", ()))
    in_path = operation.path_fields
    outside = [name for name in properties if name in in_path or not operation.has_body]
    entry: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            {
                "name": name,
                "in": "path" if name in in_path else "query",
                "required": name in required,
                "schema": properties[name],
            }
            for name in outside
        ],
        "responses": {
            "200": {"description": "Done", "content": _content(operation, reply)},
            "default": {"description": "Not done", "content": {CONTENT_TYPE: {"schema": problem}}},
        },
    }
    if operation.has_body:
        inside = {name: value for name, value in properties.items() if name not in in_path}
        body = {
            "type": "object",
            "properties": inside,
            "required": sorted(required & set(inside)),
            "additionalProperties": False,
        }
        entry["requestBody"] = {"content": {"application/json": {"schema": body}}}
    elif operation.uploads:
        entry["requestBody"] = {"content": {"application/x-tar": {"schema": {"type": "string", "format": "binary"}}}}
    if operation.access is Access.GUEST:
        entry["security"] = [{}, {"session": []}]
    elif operation.access is not Access.ANYONE:
        entry["security"] = [{"session": []}]
    return entry
