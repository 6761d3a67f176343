"""`leeboard serve --container-engine`."""

from dataclasses import replace

import pytest

from leeboard.cli.serving import ServeOptions, settings_of
from leeboard.errors import InputError


def options(**members):
    known = {name: None for name in ServeOptions.__dataclass_fields__}
    return ServeOptions(
        **known
        | {"home": "/tmp/h", "missed_windows": "skip", "account": "000000000000", "compat": "default"}
        | {"region": "us-east-1"}
        | members
    )


def test_no_image_runs_in_a_container_unless_somebody_said_so():
    assert settings_of(options(), {}).container_engine == "none"


def test_images_that_may_run_have_an_engine_looked_for():
    settings = settings_of(options(images=["own/*"]), {"LEEBOARD_IMAGES": "other/*"})
    assert (settings.container_engine, settings.images) == ("auto", ("own/*",))
    settings = settings_of(options(), {"LEEBOARD_IMAGES": "own/*, mine:1"})
    assert (settings.container_engine, settings.images) == ("auto", ("own/*", "mine:1"))
    assert settings_of(options(container_engine="none", images=["own/*"]), {}).container_engine == "none"


def test_the_option_wins_over_the_environment():
    environment = {"LEEBOARD_CONTAINER_ENGINE": "none", "LEEBOARD_JOB_CPUS": "1.5"}
    settings = settings_of(options(), environment)
    assert (settings.container_engine, settings.job_cpus) == ("none", 1.5)
    asked = replace(options(), container_engine="podman")
    assert settings_of(asked, environment).container_engine == "podman"


def test_an_engine_that_cannot_be_asked_is_refused_at_the_start():
    with pytest.raises(
        InputError, match=r"engine 'docker' cannot be asked: expected none, auto, podman, .*unix:/"
    ):
        settings_of(options(container_engine="docker"), {})
