"""What AWS's clients have to find in their environment to speak to a server."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from leeboard.client.places import Place

HOOK = Path(__file__).parent / "hook"
"""A folder for PYTHONPATH: interpreters run the sitecustomize.py in it when they start."""
QUIET_SDK = HOOK / "sagemaker-defaults.yaml"
SDK_DEFAULTS = "SAGEMAKER_ADMIN_CONFIG_OVERRIDE"
SITE_DEFAULTS = Path(
    "/etc/xdg/sagemaker/config.yaml"
)  # an administrator's, in whose place ours would be read
ANSWERED = ("SAGEMAKER", "SAGEMAKER_RUNTIME", "S3", "STS", "IAM", "CLOUDWATCH", "CLOUDWATCH_LOGS")
CONTRARY = (
    "AWS_SESSION_TOKEN",  # belongs to other keys
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",  # botocore refuses these two beside an endpoint of one's own
    "AWS_USE_DUALSTACK_ENDPOINT",
    *(f"AWS_ENDPOINT_URL_{service}" for service in ANSWERED),
)
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def settings(place: Place, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables to set for a client that uses the server for everything."""
    found = {
        "AWS_ENDPOINT_URL": place.url,
        "AWS_DEFAULT_REGION": place.region,
        "AWS_REGION": place.region,
        "AWS_ACCESS_KEY_ID": place.keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": place.keys.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if place.s3_url:
        found["AWS_ENDPOINT_URL_S3"] = place.s3_url
    if SDK_DEFAULTS not in environment and not SITE_DEFAULTS.exists():
        found[SDK_DEFAULTS] = str(QUIET_SDK)
    return found | _unproxied(place.url, environment)


def sagemaker_settings(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables to set for a client that stays on AWS for all but SageMaker."""
    found = {"AWS_ENDPOINT_URL_SAGEMAKER": url, "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": url}
    return found | _unproxied(url, environment)


def contrary(environment: Mapping[str, str], kept: Mapping[str, str]) -> list[str]:
    """The variables that are set and would lead a client elsewhere."""
    return [name for name in CONTRARY if name in environment and name not in kept]


def with_hook(environment: Mapping[str, str]) -> dict[str, str]:
    """PYTHONPATH with the hook in front of what it has."""
    before = environment.get("PYTHONPATH", "").split(os.pathsep)
    return {
        "PYTHONPATH": os.pathsep.join([str(HOOK), *(path for path in before if path not in ("", str(HOOK)))])
    }


def _unproxied(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY, in both spellings, where a proxy would come between a client and the server."""
    if not any(environment.get(name) or environment.get(name.upper()) for name in PROXIES):
        return {}
    before = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    host = urlsplit(url).hostname or ""
    hosts = [name for name in before.split(",") if name.strip()]
    value = ",".join([*hosts, host] if host not in hosts else hosts)
    return {"NO_PROXY": value, "no_proxy": value}
