"""What AWS's clients have to find in their environment."""

from pathlib import Path

from leeboard.client.environment import (
    HOOK,
    QUIET_SDK,
    SITE_DEFAULTS,
    contrary,
    sagemaker_settings,
    settings,
    with_hook,
)
from leeboard.client.places import Keys, Place

PLACE = Place(url="http://127.0.0.1:7070", keys=Keys("AK", "secret", "test"), region="eu-west-1")


def test_one_endpoint_serves_all_clients() -> None:
    found = settings(PLACE, {"SAGEMAKER_ADMIN_CONFIG_OVERRIDE": "/mine"})
    assert found == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:7070",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AK",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_the_sdks_telemetry_is_off_unless_somebody_set_its_defaults() -> None:
    expected = None if SITE_DEFAULTS.exists() else str(QUIET_SDK)
    assert settings(PLACE, {}).get("SAGEMAKER_ADMIN_CONFIG_OVERRIDE") == expected
    assert "TelemetryOptOut: true" in QUIET_SDK.read_text()


def test_a_foreign_store_has_an_endpoint_of_its_own() -> None:
    place = Place(url=PLACE.url, keys=PLACE.keys, s3_url="http://store:9000")
    assert settings(place, {})["AWS_ENDPOINT_URL_S3"] == "http://store:9000"


def test_who_stays_on_aws_gets_two_endpoints_and_nothing_else() -> None:
    assert sagemaker_settings(PLACE.url, {}) == {
        "AWS_ENDPOINT_URL_SAGEMAKER": PLACE.url,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": PLACE.url,
    }


def test_a_proxy_is_kept_out_in_both_spellings_and_other_exceptions_stay() -> None:
    found = settings(PLACE, {"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "intranet"})
    assert found["NO_PROXY"] == found["no_proxy"] == "intranet,127.0.0.1"


def test_variables_that_lead_elsewhere_are_named() -> None:
    environment = {"AWS_SESSION_TOKEN": "t", "AWS_ENDPOINT_URL_STS": "https://sts", "AWS_PROFILE": "mine"}
    assert contrary(environment, {}) == ["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_STS"]


def test_a_foreign_stores_endpoint_does_not_lead_elsewhere() -> None:
    assert contrary({"AWS_ENDPOINT_URL_S3": "x"}, {"AWS_ENDPOINT_URL_S3": "http://store:9000"}) == []


def test_the_hook_stands_before_the_users_own_path() -> None:
    assert with_hook({"PYTHONPATH": "/mine"}) == {"PYTHONPATH": f"{HOOK}:/mine"}
    assert with_hook({}) == with_hook(with_hook({})) == {"PYTHONPATH": str(HOOK)}
    assert (Path(HOOK) / "sitecustomize.py").is_file()
