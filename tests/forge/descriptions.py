"""The forges' own descriptions of their interfaces: our requests and the fake's replies are held against them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.cases import PROJECT

FOLDER = PROJECT.parent / "shared" / "forge"
ADDED: dict[str, Any] = {
    # docs.github.com/rest/issues/assignees#list-assignees
    "github": {
        "parameters": [{"$ref": f"#/components/parameters/{n}"} for n in ("owner", "repo", "per-page", "page")],
        "responses": {
            "200": {
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/simple-user"}}
                    }
                }
            }
        },
    },
    # repoGetAssignees of Gitea's and Forgejo's /api/swagger
    "gitea": {
        "parameters": [{"name": n, "in": "path", "type": "string", "required": True} for n in ("owner", "repo")],
        "responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/User"}}}},
    },
}
"""The list of those who may be assigned, which the files of the folder lack, after the same official documents."""
ANY_TIME = frozenset({401, 403, 404, 408, 429, 500, 502, 503, 504})
"""What a server may always answer, whatever its description lists."""


class Description:
    """An OpenAPI 3.0 or Swagger 2.0 document.

    Args:
        nulls: whether a null is held against the schema. Forgejo's Swagger 2.0 cannot say that a field may be null,
            and Go writes null for every pointer that is not set: there a null counts as absent.
    """

    def __init__(self, path: Path, *, nulls: bool) -> None:
        self.document: dict[str, Any] = json.loads(path.read_text("utf-8"))
        _allow_null(self.document)
        self.nulls = nulls
        self._registry: Registry[Any] = Registry().with_resource("urn:forge", DRAFT4.create_resource(self.document))

    def find(self, path: str) -> str | None:
        """The template that a path follows, the one with most literal parts first."""
        fitting = [t for t in self.document["paths"] if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", t), path)]
        return min(fitting, key=lambda t: t.count("{"), default=None)

    def check_request(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Iterator[str]:
        """What is wrong with a request."""
        operation = self._operation(method, path)
        if operation is None:
            yield f"{method} {path} is not described"
            return
        parameters = [self._resolve(p) for p in operation.get("parameters", [])]
        known = {p["name"]: p.get("schema", p) for p in parameters if p["in"] == "query"}
        for name, value in query.items():
            if name not in known:
                yield f"{method} {path} has no parameter {name}"
                continue
            kind = known[name].get("type")
            typed = int(value) if kind == "integer" and value.isdecimal() else value
            typed = {"true": True, "false": False}.get(value, value) if kind == "boolean" else typed
            schema = {k: v for k, v in known[name].items() if k in {"type", "enum", "minimum", "maximum"}}
            yield from self._errors(schema, typed, f"{method} {path} ?{name}")
        asked = self._body_schema(operation, parameters)
        if asked is not None and body is not None:
            yield from self._errors(asked, body, f"{method} {path} body")
            yield from (f"{method} {path} body has no {n}" for n in body if n not in self._resolve(asked)["properties"])
        elif body is not None:
            yield f"{method} {path} takes no body"

    def check_reply(self, method: str, path: str, status: int, data: Any) -> Iterator[str]:
        """What is wrong with a reply."""
        schema = self._reply_schema(method, path, status)
        if schema is None:
            if status not in ANY_TIME:
                yield f"{method} {path} never answers {status}"
        elif schema:
            yield from self._errors(schema, data, f"{method} {path} {status}")

    def fill(self, method: str, path: str, status: int) -> Any:
        """The least that satisfies the description of a reply; of a list, of one entry."""
        schema = self._resolve(self._reply_schema(method, path, status) or {})
        return self._fill(schema.get("items", schema) if schema.get("type") == "array" else schema)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        template = self.find(path)
        return None if template is None else self.document["paths"][template].get(method.lower())

    def _body_schema(self, operation: Mapping[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any] | None:
        if "requestBody" in operation:
            return dict(operation["requestBody"]["content"]["application/json"]["schema"])
        return next((dict(p["schema"]) for p in parameters if p["in"] == "body"), None)

    def _reply_schema(self, method: str, path: str, status: int) -> dict[str, Any] | None:
        operation = self._operation(method, path)
        if operation is None or str(status) not in operation["responses"]:
            return None
        response = self._resolve(operation["responses"][str(status)])
        if "content" in response:
            return dict(next(iter(response["content"].values()))["schema"])
        return dict(response.get("schema", {}))

    def _resolve(self, node: Mapping[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return dict(node)

    def _errors(self, schema: Mapping[str, Any], data: Any, where: str) -> Iterator[str]:
        anchored = json.loads(json.dumps(schema).replace('"#/', '"urn:forge#/'))
        validator = OAS30Validator(anchored, registry=self._registry, format_checker=oas30_format_checker)
        for error in validator.iter_errors(data if self.nulls else _without_nulls(data)):
            yield f"{where}: {error.json_path} {error.message[:200]}"

    def _fill(self, schema: Mapping[str, Any]) -> Any:
        schema = self._resolve(schema)
        if schema.get("nullable"):
            return None
        for choice in ("oneOf", "anyOf", "allOf"):
            if choice in schema:
                return self._fill(schema[choice][0])
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                properties = schema.get("properties", {})
                return {name: self._fill(properties[name]) for name in schema.get("required", []) if name in properties}
            case "array":
                return []
            case "integer" | "number":
                return 1
            case "boolean":
                return False
            case _:
                texts = {"uri": "https://forge.invalid/", "date-time": "2026-11-23T00:00:00Z", "email": "a@b.invalid"}
                return texts.get(schema.get("format", ""), "-")


def _allow_null(node: Any) -> None:
    """Let a choice be null where GitHub says so: OpenAPI 3.0 heeds ``nullable`` only beside a type."""
    if isinstance(node, dict) and node.get("nullable") is True and "type" not in node and "oneOf" in node:
        node["oneOf"].append({"enum": [None]})
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _allow_null(child)


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {k: _without_nulls(v) for k, v in data.items() if v is not None}
    return [_without_nulls(v) for v in data if v is not None] if isinstance(data, list) else data


@cache
def description(kind: str) -> Description | None:
    """The description of ``github`` or ``gitea``, or None where it is not there."""
    path = FOLDER / {"github": "github.openapi.json", "gitea": "forgejo.swagger.json"}[kind]
    if not path.is_file():
        return None
    found = Description(path, nulls=kind == "github")
    found.document["paths"].setdefault("/repos/{owner}/{repo}/assignees", {"get": ADDED[kind]})
    return found
