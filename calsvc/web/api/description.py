"""Reads the OpenAPI document as operations with fields and examples, for a page to show."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from calsvc.web.api.openapi import document

Item = Mapping[str, Any]
JSON = "application/json"
TOKEN = "TOKEN"  # noqa: S105 - a placeholder
SHOWN_IN = ("path", "query")
"""Headers are left to the document itself."""


class Field(NamedTuple):
    """A parameter, or a field of JSON. ``name`` has the way to it: ``cards[].born``."""

    name: str
    description: str
    is_required: bool


class Operation(NamedTuple):
    """A method of a path. ``responses``: each status with its description."""

    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Field]
    body: Sequence[Field]
    answer: Sequence[Field]
    responses: Sequence[tuple[str, str]]
    examples: Sequence[Sequence[str]]

    def commands(self, base_url: str) -> list[str]:
        """Return the examples as commands of curl."""
        return [shlex.join(["curl", f"{base_url}{path}", *rest]) for path, *rest in self.examples]


@cache
def operations() -> Mapping[str, Sequence[Operation]]:
    """Return the operations by tag, both in the order of the document."""
    api: Item = json.loads(document())
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in api["tags"]}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            (tag,) = operation["tags"]
            found[tag].append(_operation(api, method.upper(), path, operation))
    return found


def _operation(api: Item, method: str, path: str, operation: Item) -> Operation:
    listed = [_resolve(api, each) for each in operation.get("parameters", ())]
    parameters = [each for each in listed if each["in"] in SHOWN_IN]
    responses = {
        status: _resolve(api, each) for status, each in operation.get("responses", {}).items()
    }
    body, answer = _json(operation.get("requestBody", {})), _json(responses.get("200", {}))
    return Operation(
        method=method,
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=[_parameter(each) for each in parameters],
        body=[*_fields(api, body.get("schema", {}))],
        answer=[*_fields(api, answer.get("schema", {}))],
        responses=[(status, each["description"]) for status, each in responses.items()],
        examples=[*_examples(path, parameters, body)],
    )


def _json(content: Item) -> Item:
    found: Item = content.get("content", {}).get(JSON, {})
    return found


def _parameter(item: Item) -> Field:
    return Field(item["name"], item.get("description", ""), item.get("required", False))


def _fields(api: Item, schema: Item, before: str = "") -> Iterator[Field]:
    """Yield the fields of ``schema`` and those below them. ``before``: the way to them."""
    schema = _resolve(api, schema)
    for name, each in schema.get("properties", {}).items():
        whole = _resolve(api, each)
        is_list = whole.get("type") == "array"
        way = f"{before}{name}{'[]' if is_list else ''}"
        text = each.get("description") or whole.get("description", "")
        yield Field(way, text, name in schema.get("required", ()))
        yield from _fields(api, whole["items"] if is_list else whole, f"{way}.")


def _examples(path: str, parameters: Sequence[Item], body: Item) -> Iterator[Sequence[str]]:
    """Yield a path with its query, and the further words of a command of curl."""
    values = [
        f"{each['name']}={example['value']}"
        for each in parameters
        for example in each.get("examples", {}).values()
    ]
    url = path.replace("{token}", TOKEN) + ("?" if values else "") + "&".join(values)
    if not body:
        yield (url,)
    for example in body.get("examples", {}).values():
        text = json.dumps(example["value"], ensure_ascii=False)
        yield url, "-H", f"Content-Type: {JSON}", "-d", text


def _resolve(api: Item, item: Item) -> Item:
    """Return what a reference leads to, or the item itself."""
    if "$ref" not in item:
        return item
    found: Any = api
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolve(api, found)
