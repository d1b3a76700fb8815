"""Operations of the OpenAPI document, with their fields and examples, for the page `/api`."""

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
"""Locations of the parameters that the page lists. Headers would hide the others."""


class Field(NamedTuple):
    """A parameter, or a field of JSON with its path as ``name``, such as ``cards[].born``."""

    name: str
    description: str
    is_required: bool


class Operation(NamedTuple):
    """A method of a path. ``responses``: pairs of a status and its description."""

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
        """Return the examples as curl commands, quoted for a shell."""
        return [shlex.join(["curl", f"{base_url}{path}", *rest]) for path, *rest in self.examples]


@cache
def operations() -> Mapping[str, Sequence[Operation]]:
    """Return the operations by tag, both in the order of the document."""
    api: Item = json.loads(document())
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in api["tags"]}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            (tag,) = operation["tags"]
            by_tag[tag].append(_build_operation(api, method.upper(), path, operation))
    return by_tag


def _build_operation(api: Item, method: str, path: str, operation: Item) -> Operation:
    resolved = [_resolve(api, each) for each in operation.get("parameters", ())]
    parameters = [each for each in resolved if each["in"] in SHOWN_IN]
    responses = {
        status: _resolve(api, each) for status, each in operation.get("responses", {}).items()
    }
    body = _json_content(operation.get("requestBody", {}))
    answer = _json_content(responses.get("200", {}))
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


def _json_content(message: Item) -> Item:
    content: Item = message.get("content", {}).get(JSON, {})
    return content


def _parameter(item: Item) -> Field:
    return Field(item["name"], item.get("description", ""), item.get("required", False))


def _fields(api: Item, schema: Item, prefix: str = "") -> Iterator[Field]:
    """Yield the fields of ``schema`` and those nested in them. ``prefix``: their path."""
    schema = _resolve(api, schema)
    for name, reference in schema.get("properties", {}).items():
        value = _resolve(api, reference)
        is_list = value.get("type") == "array"
        path = f"{prefix}{name}{'[]' if is_list else ''}"
        text = reference.get("description") or value.get("description", "")
        yield Field(path, text, name in schema.get("required", ()))
        yield from _fields(api, value["items"] if is_list else value, f"{path}.")


def _examples(path: str, parameters: Sequence[Item], body: Item) -> Iterator[Sequence[str]]:
    """Yield the arguments of each curl command, the path with its query first."""
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
    """Return the target of a reference, or ``item`` if it is none."""
    if "$ref" not in item:
        return item
    target: Any = api
    for step in item["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return _resolve(api, target)
