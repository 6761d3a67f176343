"""Where a program finds a server and its keys."""

import json
from pathlib import Path

import pytest

from leeboard.client.places import Place, find_url
from leeboard.errors import FormatError, InputError

OWN_KEYS = {"access_key_id": "AKHOME", "secret_access_key": "of the home", "capture_token": "token"}
ENVIRONMENT_KEYS = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "of the environment"}


def home_of(folder: Path, url: str = "http://127.0.0.1:7171", **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.json").write_text(json.dumps({"url": url, "pid": 1, "region": "eu-west-1", **more}))
    (folder / "keys.json").write_text(json.dumps(OWN_KEYS))
    return folder


@pytest.fixture
def default(tmp_path: Path) -> dict[str, str]:
    """An environment whose default home has a server."""
    home_of(tmp_path / "data" / "leeboard", "http://127.0.0.1:7070")
    return {"XDG_DATA_HOME": str(tmp_path / "data")}


def test_a_home_names_its_server_with_region_and_keys(tmp_path: Path) -> None:
    place = Place.find(home=home_of(tmp_path), environment={})
    assert (place.url, place.region, place.keys.access_key_id) == (
        "http://127.0.0.1:7171",
        "eu-west-1",
        "AKHOME",
    )


@pytest.mark.parametrize(
    ("listens_on", "asked_at"),
    [
        ("http://0.0.0.0:7171", "http://127.0.0.1:7171"),
        ("http://[::]:7171", "http://[::1]:7171"),
        ("http://192.0.2.1:7171", "http://192.0.2.1:7171"),
    ],
)
def test_a_server_on_all_addresses_is_asked_at_the_loopback_one(
    tmp_path: Path, listens_on: str, asked_at: str
) -> None:
    home = home_of(tmp_path, listens_on)
    assert Place.find(home=home, environment={}).url == asked_at
    assert find_url(listens_on, environment={}) == asked_at


def test_a_home_in_the_options_goes_before_a_server_in_the_environment(tmp_path: Path) -> None:
    environment = {"LEEBOARD_SERVER": "http://other:1", **ENVIRONMENT_KEYS}
    place = Place.find(home=home_of(tmp_path), environment=environment)
    assert (place.url, place.keys.access_key_id) == ("http://127.0.0.1:7171", "AKHOME")


def test_a_server_in_the_options_goes_before_all_that_the_environment_names(tmp_path: Path) -> None:
    environment = {
        "LEEBOARD_HOME": str(home_of(tmp_path)),
        "AWS_ENDPOINT_URL": "http://aws:1",
        **ENVIRONMENT_KEYS,
    }
    place = Place.find("http://named:2/", environment=environment)
    assert (place.url, place.keys.access_key_id) == ("http://named:2", "AKENV")


@pytest.mark.parametrize(
    ("names", "url"),
    [
        (["LEEBOARD_SERVER", "AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL"], "http://LEEBOARD_SERVER"),
        (["AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL"], "http://AWS_ENDPOINT_URL_SAGEMAKER"),
        (["AWS_ENDPOINT_URL"], "http://AWS_ENDPOINT_URL"),
        ([], "http://127.0.0.1:7070"),
    ],
)
def test_the_environment_is_asked_in_this_order(names: list[str], url: str, default: dict[str, str]) -> None:
    assert find_url(environment=default | {name: f"http://{name}" for name in names}) == url


def test_the_default_home_is_asked_when_nothing_is_named(default: dict[str, str]) -> None:
    place = Place.find(environment=default | ENVIRONMENT_KEYS)
    assert (place.url, place.keys.access_key_id) == ("http://127.0.0.1:7070", "AKHOME")


def test_an_address_that_is_the_default_homes_gets_its_keys_and_region(default: dict[str, str]) -> None:
    place = Place.find("http://127.0.0.1:7070", environment=default)
    assert (place.keys.access_key_id, place.region) == ("AKHOME", "eu-west-1")


def test_another_address_never_gets_the_default_homes_keys(default: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"no keys for the server http://elsewhere:1: AWS_ACCESS_KEY_ID"):
        Place.find("http://elsewhere:1", environment=default)


def test_beside_a_foreign_store_the_environments_keys_go_first(tmp_path: Path) -> None:
    home = home_of(tmp_path, s3_url="http://store:9000")
    place = Place.find(home=home, environment=ENVIRONMENT_KEYS)
    assert (place.keys.access_key_id, place.s3_url) == ("AKENV", "http://store:9000")


def test_the_region_of_a_server_elsewhere_is_the_environments() -> None:
    environment = {
        "LEEBOARD_SERVER": "http://elsewhere:1",
        "AWS_DEFAULT_REGION": "ap-south-1",
        **ENVIRONMENT_KEYS,
    }
    assert Place.find(environment=environment).region == "ap-south-1"


def test_a_home_without_a_server_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no server\.json\. Start one with: leeboard serve --home"):
        Place.find(home=tmp_path, environment=ENVIRONMENT_KEYS)


def test_a_broken_keys_file_is_named(tmp_path: Path) -> None:
    (home_of(tmp_path) / "keys.json").write_text('{"access_key_id": "A"}')
    with pytest.raises(FormatError, match=r"keys\.json has no 'secret_access_key'"):
        Place.find(home=tmp_path, environment={})


def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(InputError, match="'localhost:7070': it must begin with http"):
        find_url("localhost:7070", environment={})


def test_keys_are_not_shown_in_a_trace(tmp_path: Path) -> None:
    assert "of the home" not in repr(Place.find(home=home_of(tmp_path), environment={}))
