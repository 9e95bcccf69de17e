"""The OpenAPI schema says what the API does, and its examples are true to it."""

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from portal.api.openapi import operations
from portal.api.problems import MEDIA_TYPE, PROBLEM_TYPES

SCHEMA = "/api/v1/schema/"


@pytest.fixture
def schema(db: None, client: Client) -> dict[str, Any]:
    content: dict[str, Any] = client.get(SCHEMA, headers={"accept-language": "en"}).json()
    return content


def validator(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**part, "components": schema["components"]}, validate_formats=True)


def test_every_example_of_bodies_answers_and_parameters_is_valid(schema: dict[str, Any]) -> None:
    checked = 0
    for _path, _method, operation in operations(schema):
        answers = [content for content in operation["responses"].values() if "content" in content]
        for content in [*answers, operation.get("requestBody", {"content": {}})]:
            for kind, media in content["content"].items():
                if kind != "application/pdf":
                    for example in media["examples"].values():
                        validator(schema, media["schema"]).validate(example["value"])
                        checked += 1
        for parameter in operation["parameters"]:
            validator(schema, parameter["schema"]).validate(parameter["example"])
    assert checked > 12


def test_every_error_has_an_example_that_is_valid(schema: dict[str, Any]) -> None:
    for response in schema["components"]["responses"].values():
        media = response["content"][MEDIA_TYPE]
        for code, example in media["examples"].items():
            validator(schema, media["schema"]).validate(example["value"])
            assert example["value"]["status"] == PROBLEM_TYPES[code].status


def test_every_operation_needs_a_key_with_one_scope(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    for path, method, operation in operations(schema):
        ((scope,),) = operation["security"][0].values()
        expected = "payments" if "payments" in path else "readings" if method == "post" else "read"
        assert scope == expected, path
        assert operation["summary"]
        assert all(parameter["description"] for parameter in operation["parameters"])


def test_the_schema_is_served_in_the_language_asked_for(client: Client, db: None) -> None:
    russian = client.get(SCHEMA).json()["paths"]["/api/v1/accounts/"]["get"]["summary"]
    english = client.get(SCHEMA, headers={"accept-language": "en"}).json()["paths"]["/api/v1/accounts/"]["get"]
    assert (russian, english["summary"]) == ("Мои лицевые счета", "My accounts")
