"""`leeboard serve`: what it says, what it refuses, and that all lasts."""

import json
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api_documents import BUCKET, by_name, capture, definition, deployed, endpoint_input, unique
from leeboard.cli.serving import ServeOptions, _is_loopback, settings_of
from leeboard.errors import InputError
from live_server import SECRET, WAIT_S, live_server, until

OPTIONS = ServeOptions(
    home="/srv/leeboard", port=7070, host="127.0.0.1", models=None, jobs=None, s3_url=None,
    database_url=None,
    workers=2, region="us-east-1", account="000000000000", missed_windows="catch-up",
    capture_disk_limit=0.75, retention_days=90, compat="default",
)  # fmt: skip


def refused(tmp_path: Path, *options: str, **environment: str) -> str:
    """What a server says that cannot start."""
    done = subprocess.run(
        [sys.executable, "-m", "leeboard", "serve", "--home", str(tmp_path / "home"), *options],
        env={
            "PATH": "/usr/bin:/bin",
            "COLUMNS": "200",
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stderr


def test_a_host_beyond_this_machine_needs_keys_of_ones_own(tmp_path: Path) -> None:
    said = refused(tmp_path, "--host", "0.0.0.0")
    assert "LEEBOARD_ACCESS_KEY_ID and LEEBOARD_SECRET_ACCESS_KEY" in said
    assert not (tmp_path / "home" / "state.sqlite").exists()


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.0.2.1", True),
        ("127.0.0.1.example.com", True),
    ],
)
def test_only_this_machine_is_trusted_with_keys_that_nobody_chose(host: str, is_open: bool) -> None:
    assert _is_loopback(host) is not is_open


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"account": "12"}, "twelve digits"),
        ({"missed_windows": "forget"}, "catch-up"),
        ({"compat": "exact"}, "strict"),
        ({"s3_url": "ftp://x"}, "--s3-url"),
        ({"database_url": "mysql://user:secret@x/y"}, "begins with 'mysql'"),
    ],
)
def test_options_that_cannot_be_are_refused(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=re.escape(text)) as caught:
        settings_of(replace(OPTIONS, **changed), {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", ["soon", "-1", "inf", "nan"])
def test_a_lease_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="LEEBOARD_LEASE_S"):
        settings_of(OPTIONS, {"LEEBOARD_LEASE_S": given})


def test_a_models_file_that_is_none_is_refused_with_its_entry(tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    file.write_text(json.dumps([{"image": "*/a:*", "url": "http://127.0.0.1:1"}, {"image": "b"}]))
    said = refused(tmp_path, "--models", str(file))
    assert "entry 2" in said
    assert "url" in said


def test_a_port_that_is_taken_is_said_to_be_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, "--port", str(port))
    assert str(port) in said
    assert "Traceback" not in said


def test_it_prints_what_to_paste_and_leaves_it_in_its_home(tmp_path: Path) -> None:
    with live_server(tmp_path / "home", LEEBOARD_ACCESS_KEY_ID="", LEEBOARD_SECRET_ACCESS_KEY="") as live:
        keys = json.loads((live.home / "keys.json").read_text())
        told = json.loads((live.home / "server.json").read_text())
        said = until(live.log.read_text, lambda said: "Control-C ends the server" in said)
    for line in (
        f"export AWS_ENDPOINT_URL={live.url}",
        "export AWS_DEFAULT_REGION=us-east-1",
        f"export AWS_ACCESS_KEY_ID={keys['access_key_id']}",
        f"export AWS_SECRET_ACCESS_KEY={keys['secret_access_key']}",
        f"leeboard env --home {live.home}",
    ):
        assert line in said
    assert (told["url"], told["region"], told["account"], told["s3_url"]) == (
        live.url,
        "us-east-1",
        "000000000000",
        None,
    )
    assert told["pid"] == live.process.pid


def test_region_account_and_strictness_are_as_told(tmp_path: Path) -> None:
    told = ["--region", "eu-west-1", "--account", "123456789012", "--compat", "strict"]
    with live_server(tmp_path / "home", *told) as live:
        assert SECRET not in live.log.read_text()
        assert live.client("sts").get_caller_identity()["Account"] == "123456789012"
        sm = live.client("sagemaker")
        name = deployed(sm, unique("there"), captures=capture())
        arn = sm.describe_endpoint(EndpointName=name)["EndpointArn"]
        assert arn == f"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/{name.lower()}"
        buckets = live.client("s3").list_buckets()["Buckets"]
        assert [each["Name"] for each in buckets] == ["sagemaker-eu-west-1-123456789012"]
        sm.create_data_quality_job_definition(**definition(name, endpoint_input(name)))
        with pytest.raises(sm.exceptions.ClientError, match="narrow rule"):
            sm.create_monitoring_schedule(
                MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name, "rate(5 minutes)")
            )
        sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=by_name(name))


def test_all_is_there_again_after_a_restart_and_models_answer(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with live_server(home) as live:
        image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/toy:1"
        name = deployed(live.client("sagemaker"), "lasting", image=image, captures=capture())
        live.client("s3").put_object(Bucket=BUCKET, Key="kept", Body=b"bytes")
        live.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=b"1,2", ContentType="text/csv"
        )
        before = live.client("sagemaker").describe_endpoint(EndpointName=name)
        live.process.send_signal(signal.SIGTERM)
        assert live.process.wait(WAIT_S) == -signal.SIGTERM
    with live_server(home) as live:
        after = live.client("sagemaker").describe_endpoint(EndpointName=name)
        assert {k: v for k, v in after.items() if k != "ResponseMetadata"} == {
            k: v for k, v in before.items() if k != "ResponseMetadata"
        }
        s3 = live.client("s3")
        assert s3.get_object(Bucket=BUCKET, Key="kept")["Body"].read() == b"bytes"
        answer = live.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=b"1,2", ContentType="text/csv"
        )
        assert answer["Body"].read() == b"0.3"
        prefix = f"capture/{name}/AllTraffic/"
        until(lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["KeyCount"])
