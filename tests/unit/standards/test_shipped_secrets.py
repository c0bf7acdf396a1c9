"""What looks like a secret's value is found wherever it stands, and no message repeats it."""

from typing import Any

import pytest
from tests.fixtures.shipped_judging import judged, rules_broken
from tests.fixtures.shipped_standards import example

TOKEN = ".".join(["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N"])
VALUES = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX\n",
    "an AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "a token": TOKEN,
    "a bearer token": "Authorization: Bearer " + "mF_9.B5f-4.1JqM5f-4.1JqM",
    "a password": "password=" + "hunter2hunter2",
    "a quoted key": '{"api_key": "' + 'f00dfeedf00dfeed"}',
    "an address": "postgres://shop:" + "hunter2@db.example/shop",
}
HARMLESS = (
    "password: ${DATABASE_PASSWORD}",
    "password=$(DATABASE_PASSWORD)",
    "password: {{ .Values.password }}",
    "password: required",
    "passwordFile=/run/secrets/password",
    "passwordPolicy: {minLength: 12}",
    "https://user.example:8443/path",
    "postgres://shop:$(PASSWORD)@db.example/shop",
    "a token: see https://login.example/token",
    "-----BEGIN CERTIFICATE-----",
    "sha256:" + "1" * 64,
)


def configuration(text: str) -> list[dict[str, Any]]:
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}, "data": {"a.txt": text}}]


def workload(**fields: object) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = example("image-digest", "passes")
    objects[0]["spec"]["template"]["spec"]["containers"][0].update(fields)
    return objects


def everywhere(text: str) -> list[list[dict[str, Any]]]:
    return [
        configuration(f"first: line\n{text}\nlast: line\n"),
        workload(env=[{"name": "SETTINGS", "value": text}]),
        workload(args=["serve", text]),
        workload(command=["sh", "-c", f"serve {text}"]),
    ]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
async def test_what_looks_like_a_secret_is_found_and_never_repeated(value: str) -> None:
    for objects in everywhere(value):
        judgement = await judged(objects)
        wanted = "secret-in-config" if objects[0]["kind"] == "ConfigMap" else "secret-in-pod"
        assert {one.rule for one in judgement.violations} == {wanted}
        said = " ".join(one.message for one in judgement.violations)
        assert ("a.txt" if wanted == "secret-in-config" else "container shop") in said
        assert not [part for part in value.split() if len(part) > 12 and part in said]


@pytest.mark.parametrize("text", HARMLESS)
async def test_a_reference_or_an_ordinary_text_is_no_secret(text: str) -> None:
    for objects in everywhere(text):
        assert await rules_broken(objects) == set()


@pytest.mark.parametrize("args", [["--password", "hunter2"], ["--db-password=hunter2"]])
async def test_a_password_among_arguments_is_found(args: list[str]) -> None:
    assert await rules_broken(workload(args=args)) == {"secret-in-pod"}


@pytest.mark.parametrize("value", ["", "$(PASSWORD)", "/run/secrets/password"])
async def test_a_variable_that_is_called_a_password_may_refer_to_one(value: str) -> None:
    assert await rules_broken(workload(env=[{"name": "DB_PASSWORD", "value": value}])) == set()


async def test_a_large_configuration_is_judged_within_the_costs_that_kubernetes_allows() -> None:
    text = '{"panel": "key: value", "url": "https://metrics.example/"}\n' * 7000
    assert len(text) > 400_000
    assert await rules_broken(configuration(text)) == set()


@pytest.mark.parametrize("field", ["data", "stringData"])
async def test_a_secret_with_values_is_named_by_its_keys_alone(field: str) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, field: {"pin": "c2VjcmV0cGlu"}}
    judgement = await judged([secret])
    (violation,) = judgement.violations
    assert violation.rule == "secret-values"
    assert "pin" in violation.message
    assert "c2VjcmV0cGlu" not in violation.message


async def test_a_secret_that_says_it_is_encrypted_and_is_not_signed_as_such_is_no_exception() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a"},
        "data": {"pin": "YQ=="},
        "sops": {},
    }
    assert await rules_broken([secret]) == {"secret-values"}
