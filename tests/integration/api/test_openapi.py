"""The served OpenAPI document is 3.1, whole and true: no generated request gets a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from .conftest import Poster


@schemathesis.serializer("application/jsonl")
def as_json_lines(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """What the generator made, as it stands: a text of lines, mostly nonsense."""
    return str(value).encode("utf-8", "replace")


CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
BOUNDED = settings(
    max_examples=15,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_the_document_is_openapi_3_1_and_names_every_route(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {
        "/v1/statements",
        "/v1/statements:batch",
        "/v1/statements/{id}",
        "/v1/statements/{id}/proof",
        "/v1/factories",
        "/v1/factories/{slug}",
        "/v1/factories/{slug}/timeline",
        "/v1/factories/{slug}/matrix",
        "/v1/parties/{slug}",
        "/v1/parties/{slug}/timeline",
        "/v1/parties/{slug}/matrix",
        "/v1/requests",
        "/v1/commitments",
        "/v1/criteria",
        "/v1/investigations/{id}",
        "/v1/schemas/{kind}",
        "/v1/documents",
        "/v1/documents/{sha256}",
        "/v1/checkpoint",
        "/checkpoint",
        "/tile/{path}",
        "/healthz",
        "/readyz",
    } <= document["paths"].keys()


@pytest.mark.slow
def test_no_request_gets_a_server_error_or_an_answer_that_is_not_described(case: Poster) -> None:
    case.read("/v1/factories")  # the views have caught up
    api = schemathesis.openapi.from_asgi("/openapi.json", case.client.app)
    tried = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @BOUNDED
        @given(request=operation.as_strategy())
        def attempt(request: schemathesis.Case) -> None:  # type: ignore[type-arg]
            request.call_and_validate(checks=CHECKS)

        attempt()
        tried += 1
    assert tried == sum(len(path) for path in case.client.get("/openapi.json").json()["paths"].values())
