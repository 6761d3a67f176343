"""What arrives at a receiver, sink by sink."""

import hashlib
import hmac
import json
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from leeboard.alerts import SINKS, DeliveryError, Notice, Outside
from leeboard.errors import MissingExtraError

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise's own import


def send(kind: str, notice: Notice, outside: Outside, **settings: Any) -> None:
    sink = SINKS.get(kind)
    sink.deliver(notice, sink.settings(**settings), outside)


def test_a_webhook_is_json_with_a_signature_over_time_and_body(
    notice: Notice, outside: Outside, receiver: Any
) -> None:
    send("webhook", notice, outside, url=receiver.url, secret="hush", headers={"X-Key": "k"})
    headers, body = receiver.posts[0]
    assert headers["X-Leeboard-Timestamp"] == "1795687201"
    signed = hmac.new(b"hush", b"1795687201." + body, hashlib.sha256).hexdigest()
    assert headers["X-Leeboard-Signature"] == f"sha256={signed}"
    assert (headers["X-Leeboard-Event"], headers["X-Key"]) == ("incident/7/opened", "k")
    assert Notice.of(json.loads(body)) == notice


def test_a_webhook_without_a_secret_is_not_signed(notice: Notice, outside: Outside, receiver: Any) -> None:
    send("webhook", notice, outside, url=receiver.url)
    assert "X-Leeboard-Signature" not in receiver.posts[0][0]


def test_a_structured_cloud_event_is_one_document(notice: Notice, outside: Outside, receiver: Any) -> None:
    send("cloudevents", notice, outside, url=receiver.url, source="//monitor.example")
    assert receiver.posts[0][0]["Content-Type"].startswith("application/cloudevents+json")
    data = receiver.document.pop("data")
    assert data["title"] == notice.title
    wanted = {
        "specversion": "1.0", "id": "incident/7/opened", "source": "//monitor.example",
        "type": "io.leeboard.alert.opened", "time": "2026-11-26T10:00:01.234567Z", "severity": "critical",
        "subject": "churn-hourly", "datacontenttype": "application/json",
    }  # fmt: skip
    assert {name: value for name, value in receiver.document.items() if name != "data"} == wanted


def test_a_binary_cloud_event_has_its_attributes_in_headers(outside: Outside, receiver: Any) -> None:
    notice = Notice(
        event="e", kind="ended", severity="info", title="t", text="x", at=outside.now, schedule='a "b" % é\n'
    )
    send("cloudevents", notice, outside, url=receiver.url, mode="binary")
    headers, body = receiver.posts[0]
    assert headers["ce-type"] == "io.leeboard.execution.ended"
    assert headers["ce-subject"] == "a%20%22b%22%20%25%20%C3%A9%0A"
    assert json.loads(body)["schedule"] == 'a "b" % é\n'


def test_an_sns_message_is_what_alarm_readers_know(notice: Notice, outside: Outside, receiver: Any) -> None:
    send("sns", notice, outside, url=receiver.url)
    headers, envelope = receiver.posts[0][0], receiver.document
    assert headers["x-amz-sns-message-type"] == envelope["Type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == envelope["MessageId"]
    assert envelope["TopicArn"] == "arn:aws:sns:eu-west-1:123456789012:leeboard"
    assert envelope["Timestamp"] == "2026-11-26T10:00:01.234Z"
    alarm = json.loads(envelope["Message"])
    assert (alarm["NewStateValue"], alarm["OldStateValue"]) == ("ALARM", "OK")
    assert alarm["AlarmName"] == "drift/churn-hourly/plan"
    assert alarm["NewStateReason"] == notice.text
    assert alarm["StateChangeTime"] == "2026-11-26T10:00:01.234+0000"
    assert {"name": "Endpoint", "value": "churn"} in alarm["Trigger"]["Dimensions"]


@pytest.mark.parametrize(
    ("kind", "severity", "states"),
    [
        ("opened", "warning", ("ALARM", "OK")),
        ("resolved", "critical", ("OK", "ALARM")),
        ("repeated", "warning", ("ALARM", "ALARM")),
        ("ended", "info", ("OK", "OK")),
    ],
)
def test_an_event_like_EventBridges_says_the_states(
    outside: Outside, receiver: Any, kind: str, severity: str, states: tuple[str, str]
) -> None:
    notice = Notice(event="e", kind=kind, severity=severity, title="t", text="x", at=outside.now)
    send("sns", notice, outside, url=receiver.url, form="eventbridge")
    detail = receiver.document["detail"]
    assert (detail["state"]["value"], detail["previousState"]["value"]) == states
    assert receiver.document["detail-type"] == "CloudWatch Alarm State Change"


PROGRAM = """
import json, os, sys
told = json.load(sys.stdin)
open(sys.argv[1], "w").write(json.dumps([told["event"], sorted(os.environ), sys.argv[2]]))
"""


def test_a_command_gets_the_notice_and_none_of_the_servers_secrets(
    notice: Notice, outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "out"), "$(touch no); *"]
    send("command", notice, outside, command=command, environment={"TOKEN": "t"})
    event, names, argument = json.loads((tmp_path / "out").read_text())
    assert (event, argument) == ("incident/7/opened", "$(touch no); *")
    assert "TOKEN" in names
    assert "AWS_SECRET_ACCESS_KEY" not in names


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("import sys; sys.exit('the pager is full')", "ended with 1: the pager is full"),
        ("import sys; sys.stderr.write('x' * 10_000_000); sys.exit(2)", "ended with 2: xxx"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "ended with -15"),
    ],
)
def test_a_command_that_fails_says_what_it_said(
    notice: Notice, outside: Outside, program: str, text: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        send("command", notice, outside, command=[sys.executable, "-c", program])
    assert text in str(caught.value)
    assert len(str(caught.value)) < 2_200


def test_a_command_that_hangs_is_killed_with_its_children(
    notice: Notice, outside: Outside, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    command = ["sh", "-c", f"tail -f {tmp_path}/file & wait"]
    with pytest.raises(DeliveryError, match="did not end within 3 s, and was killed"):
        send("command", notice, outside, command=command, timeout_s=3)
    deadline = time.monotonic() + 60
    while _is_named(tmp_path / "file"):
        assert time.monotonic() < deadline
        time.sleep(0.02)


DELIVERING = """
import sys
from datetime import UTC, datetime
from leeboard.alerts import Notice, Outside
from leeboard.alerts.command import Command, deliver
at = datetime(2026, 11, 26, tzinfo=UTC)
notice = Notice(event="e", kind="ended", severity="info", title="t", text="x", at=at)
deliver(notice, Command(command=sys.argv[1:], timeout_s=600), Outside(post=print, now=at))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills at the end of a pipe")
def test_a_command_does_not_outlive_a_server_that_is_killed_as_nobody_would_end_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = ["sh", "-c", f"tail -f {tmp_path}/file & touch {tmp_path}/begun; wait"]
    with subprocess.Popen([sys.executable, "-c", DELIVERING, *command]) as server:
        _wait(lambda: (tmp_path / "begun").exists())
        server.kill()
    _wait(lambda: not _is_named(tmp_path / "file"))


@pytest.mark.parametrize("does", ["sleep 600", "while echo x >&2; do sleep 0.01; done"])
def test_what_a_command_leaves_running_goes_on_and_nothing_of_ours_waits_for_it(
    notice: Notice, outside: Outside, tmp_path: Path, does: str
) -> None:
    script = f"({does}) & echo $! > {tmp_path}/pid"
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    send("command", notice, outside, command=["sh", "-c", script])
    _wait(lambda: threading.active_count() <= threads)
    assert len(os.listdir("/proc/self/fd")) <= files
    with suppress(ProcessLookupError):  # one that writes to a pipe that nobody reads ends
        os.killpg(os.getpgid(int((tmp_path / "pid").read_text())), signal.SIGKILL)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_named(file: Path) -> bool:
    """Whether a process has it on its command line."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if os.fsencode(file) in process.read_bytes():
                return True
    return False


@pytest.mark.parametrize("command", [[], ["/no/such/program"], [os.devnull], ["a\0b"]])
def test_a_command_that_is_none_says_so(notice: Notice, outside: Outside, command: list[str]) -> None:
    with pytest.raises(DeliveryError, match="could not be started"):
        send("command", notice, outside, command=command)


def test_apprise_sends_mail(notice: Notice, outside: Outside, mailbox: Any) -> None:
    pytest.importorskip("apprise", reason="pip install 'leeboard[notify]'")
    port, messages = mailbox
    url = (
        f"mailto://127.0.0.1:{port}?from=leeboard@example.org&to=ana@example.org&smtp=127.0.0.1&mode=insecure"
    )
    send("apprise", notice, outside, url=url)
    (message,) = messages
    assert "To: ana@example.org" in message
    assert "churn-hourly: 3 violations" in message


def test_apprise_posts_json(notice: Notice, outside: Outside, receiver: Any) -> None:
    pytest.importorskip("apprise", reason="pip install 'leeboard[notify]'")
    send("apprise", notice, outside, url=receiver.url.replace("http://", "json://"))
    assert receiver.document["title"] == notice.title
    assert receiver.document["type"] == "failure"
    assert "http://monitor.example/dashboard/alerts/7" in receiver.document["message"]


@pytest.mark.parametrize(("status", "text"), [(500, "error=500"), (302, "302")])
def test_apprise_says_why_without_what_is_secret_and_follows_nothing(
    notice: Notice, outside: Outside, receiver: Any, status: int, text: str
) -> None:
    pytest.importorskip("apprise", reason="pip install 'leeboard[notify]'")
    receiver.status = status
    logged = logging.handlers.BufferingHandler(100)
    logging.getLogger().addHandler(logged)
    with pytest.raises(DeliveryError) as caught:
        send("apprise", notice, outside, url=receiver.url.replace("http://", "json://ana:word@"))
    logging.getLogger().removeHandler(logged)
    assert text in str(caught.value)
    assert not {"word", "token"} & set(str(caught.value).replace("-", " ").split())
    assert len(receiver.posts) == 1
    assert logged.buffer == []


def test_apprise_says_what_is_wrong_with_a_url(notice: Notice, outside: Outside) -> None:
    pytest.importorskip("apprise", reason="pip install 'leeboard[notify]'")
    with pytest.raises(DeliveryError, match=r"cannot use this URL of slack: .*Slack") as caught:
        send("apprise", notice, outside, url="slack://badtoken")
    assert "badtoken" not in str(caught.value)


def test_without_apprise_the_extra_is_named(
    notice: Notice, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"leeboard\[notify\]"):
        send("apprise", notice, outside, url="json://localhost")
