"""The start-up hook, in real interpreters: it moves STS and disturbs nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leeboard.client.environment import HOOK

AWS = "https://sts.us-east-1.amazonaws.com"
OWN = "http://127.0.0.1:7070"
CLIENT = "import boto3; print(boto3.client({service!r}, endpoint_url={url!r}).meta.endpoint_url)"


def python(code: str, *paths: Path, program: str = sys.executable, **environment: str) -> str:
    """What a program prints that runs with the hook; it must print nothing else."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, [HOOK, *paths])),
        "AWS_DEFAULT_REGION": "us-east-1",
        **environment,
    }
    done = subprocess.run([program, "-c", code], env=settings, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.parametrize(
    "url", [AWS, AWS + "/", "https://sts.amazonaws.com", "https://sts.cn-north-1.amazonaws.com.cn"]
)
def test_sts_at_awss_address_is_asked_at_the_own_endpoint(url: str) -> None:
    assert python(CLIENT.format(service="sts", url=url), AWS_ENDPOINT_URL=OWN) == OWN


def test_an_endpoint_for_sts_alone_goes_before_the_one_for_all() -> None:
    seen = python(
        CLIENT.format(service="sts", url=AWS), AWS_ENDPOINT_URL=OWN, AWS_ENDPOINT_URL_STS="http://own-sts:1"
    )
    assert seen == "http://own-sts:1"


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("sts", "http://my-sts:1"),
        ("s3", "https://s3.us-east-1.amazonaws.com"),
        ("sts", "https://sts.example.com"),
    ],
)
def test_other_addresses_and_services_stay_as_the_program_says(service: str, url: str) -> None:
    assert python(CLIENT.format(service=service, url=url), AWS_ENDPOINT_URL=OWN) == url


def test_without_an_own_endpoint_sts_stays_on_aws() -> None:
    assert python(CLIENT.format(service="sts", url=AWS)) == AWS


def test_an_address_without_a_name_is_found_too() -> None:
    code = f"""if True:
        from botocore.session import get_session
        print(get_session().create_client("sts", None, None, True, None, {AWS!r}).meta.endpoint_url)
    """
    assert python(code, AWS_ENDPOINT_URL=OWN) == OWN


def test_sessions_look_as_they_did() -> None:
    code = """if True:
        import botocore.session, inspect
        print("endpoint_url" in inspect.signature(botocore.session.Session.create_client).parameters)
    """
    assert python(code, AWS_ENDPOINT_URL=OWN) == "True"


def test_the_users_own_sitecustomize_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.from_the_user = __file__")
    assert python("import sys; print(sys.from_the_user)", tmp_path) == str(tmp_path / "sitecustomize.py")


def test_a_program_without_botocore_notices_nothing(tmp_path: Path) -> None:
    code = "import sys; print(any('botocore' in name or name == 'leeboard' for name in sys.modules))"
    assert python(code, AWS_ENDPOINT_URL=OWN) == "False"


def test_a_botocore_that_looks_different_costs_one_line_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "botocore").mkdir()
    (tmp_path / "botocore" / "__init__.py").touch()
    (tmp_path / "botocore" / "session.py").write_text("LOADED = True")
    environment = {"PYTHONPATH": f"{HOOK}:{tmp_path}"}
    code = "import botocore.session; print(botocore.session.LOADED)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "True\n")
    assert done.stderr.startswith("leeboard run: the start-up hook does nothing here: AttributeError")
    assert done.stderr.count("\n") == 1
