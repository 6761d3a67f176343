"""Rules, routes and sinks: of the server's file and of calls, side by side."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leeboard.alerts import SINKS, Sink
from leeboard.alerts.document import AlertsFile
from leeboard.service.alerting import delivering, editing, rulebook, takeover
from leeboard.service.refusals import InvalidRequestError, ResourceInUseError, ResourceNotFoundError
from leeboard.service.settings import Settings
from leeboard.service.work.kinds import KINDS

FILE = """
url = "https://monitor.example"
[[rules]]
name = "drift"
when = "distance"
above = 0.2
[[sinks]]
name = "pager"
kind = "webhook"
url = "https://hooks.example/T0/secret-token"
secret = "${HOOK_SECRET}"
[[sinks]]
name = "own"
kind = "command"
command = ["notify", "--token", "very-secret"]
[[routes]]
name = "all"
sinks = ["pager"]
"""


def taken_over(house: Any, tmp_path: Path, text: str) -> AlertsFile:
    (tmp_path / "alerts.toml").write_text(text)
    file = AlertsFile.read(tmp_path / "alerts.toml")
    takeover.take_over(house.service.database, file, house.at)
    return file


def kept(house: Any) -> list[tuple[str, str]]:
    entries = (rulebook.kept_rules, rulebook.kept_routes, rulebook.kept_sinks)
    return [(each.name, each.origin) for read in entries for each in house.read(read)]


def test_the_file_and_calls_live_together(house: Any, tmp_path: Path) -> None:
    house.rule()
    taken_over(house, tmp_path, FILE)
    assert kept(house) == [
        ("drift", "file"), ("mine", "call"), ("all", "file"), ("own", "file"), ("pager", "file")
    ]  # fmt: skip
    assert [rule.name for rule in house.read(rulebook.rules)] == ["drift", "mine"]
    taken_over(house, tmp_path, FILE.replace('"drift"', '"drifts"'))
    assert kept(house)[:2] == [("drifts", "file"), ("mine", "call")]
    taken_over(house, tmp_path, "")
    assert kept(house) == [("mine", "call")]


def test_what_the_file_has_only_changes_there(house: Any, tmp_path: Path) -> None:
    taken_over(house, tmp_path, FILE)
    with pytest.raises(ResourceInUseError, match="stands in the server's alerts file"):
        house.rule(name="drift")
    with pytest.raises(ResourceInUseError, match="remove it there"):
        house.write(editing.remove_route, "all")


def test_the_file_takes_the_place_of_what_a_call_made(house: Any, tmp_path: Path) -> None:
    house.rule(name="drift")
    taken_over(house, tmp_path, FILE)
    assert kept(house)[0] == ("drift", "file")
    assert house.read(rulebook.rules)[0].when == "distance"


def test_secrets_of_the_file_are_nowhere_in_the_database(house: Any, tmp_path: Path) -> None:
    taken_over(house, tmp_path, FILE)
    pager = next(each for each in house.read(rulebook.kept_sinks) if each.name == "pager")
    assert pager.document["settings"] == {"url": "(hidden)", "secret": "${HOOK_SECRET}"}
    everything = Path(house.service.database._engine.url.database).read_bytes()
    assert b"secret-token" not in everything
    assert b"very-secret" not in everything


def test_secrets_of_a_call_are_not_shown_and_stay_if_they_are_not_named_anew(house: Any) -> None:
    house.sink("https://hooks.example/T0/token", secret="hush", headers={"X-Key": "k"})
    (shown,) = house.read(rulebook.kept_sinks)
    assert shown.document["settings"] == {
        "url": "(hidden)", "secret": "(hidden)", "headers": {"X-Key": "(hidden)"}
    }  # fmt: skip
    house.write(editing.put_sink, shown.document | {"name": "hook"}, now=house.at)
    sink = house.read(rulebook.stored_sink, "hook")
    assert sink.settings == {
        "url": "https://hooks.example/T0/token",
        "secret": "hush",
        "headers": {"X-Key": "k"},
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "https://elsewhere.example", "secret": "(hidden)"},
        {"url": "https://elsewhere.example", "headers": {"X-Key": "(hidden)"}},
        {"url": "(hidden)", "headers": {"X-Other": "(hidden)"}},
    ],
)
def test_what_is_hidden_goes_to_no_other_address(house: Any, settings: dict[str, Any]) -> None:
    house.sink("https://hooks.example", secret="hush", headers={"X-Key": "k"})
    (kept,) = house.read(rulebook.kept_sinks)
    with pytest.raises(InvalidRequestError, match="none to keep"):
        house.write(editing.put_sink, kept.document | {"settings": settings}, now=house.at)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/", "https://hooks.example:8443", "http://hooks.example", "HTTPS://hooks.example",
        "https://hooks.example@elsewhere.example", "https://hooks.example.elsewhere.example",
        "https://127.0.0.1", "http://169.254.169.254/latest/meta-data", "http://[::1]:7070/", "(hidden)x",
        None,
    ],
)  # fmt: skip
def test_whatever_is_another_url_gets_no_secret(house: Any, url: str | None) -> None:
    house.sink("https://hooks.example", secret="hush")
    (kept,) = house.read(rulebook.kept_sinks)
    document = kept.document | {"settings": {"url": url, "secret": "(hidden)"}}
    with pytest.raises(InvalidRequestError, match="while name, kind and url stay"):
        house.write(editing.put_sink, document, now=house.at)


class Relay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a sink that somebody else wrote, with two addresses, one of them optional."""

    server: str
    proxy: str | None = None
    token: str = ""
    topic: str = ""


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Callable[[frozenset[str]], None]:
    def add(addresses: frozenset[str]) -> None:
        sink = Sink("relay", Relay, print, plain=frozenset({"topic", "server", "proxy"}), addresses=addresses)
        monkeypatch.setitem(SINKS._entries, "relay", sink)

    return add


ADDRESSES = frozenset({"server", "proxy"})


@pytest.mark.parametrize(
    ("addresses", "changed", "is_kept"),
    [
        (ADDRESSES, {}, True),
        (ADDRESSES, {"topic": "other"}, True),
        (ADDRESSES, {"server": "b"}, False),
        (ADDRESSES, {"proxy": "b"}, False),
        (frozenset(), {}, True),
        (frozenset(), {"topic": "other"}, False),
    ],
)
def test_each_address_that_a_sink_declares_keeps_its_secrets(
    house: Any, relay: Any, addresses: frozenset[str], changed: dict[str, str], is_kept: bool
) -> None:
    relay(addresses)
    settings = {"server": "a", "token": "hush", "topic": "all"}
    house.write(editing.put_sink, {"name": "r", "kind": "relay", "settings": settings}, now=house.at)
    document = {"name": "r", "kind": "relay", "settings": settings | {"token": "(hidden)"} | changed}
    if is_kept:
        house.write(editing.put_sink, document, now=house.at)
        assert house.read(rulebook.stored_sink, "r").settings["token"] == "hush"
    else:
        with pytest.raises(InvalidRequestError, match="none to keep"):
            house.write(editing.put_sink, document, now=house.at)


def test_sinks_of_the_file_deliver_with_the_secrets_of_the_server(
    house: Any, receiver: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from-file\n")
    monkeypatch.setenv("HOOK_URL", receiver.url)
    program = f"import sys; open({str(tmp_path / 'told')!r}, 'w').write(sys.stdin.read())"
    text = f"""
url = "https://monitor.example"
[[sinks]]
name = "pager"
kind = "webhook"
url = "${{HOOK_URL}}"
headers = {{ X-Key = "${{file:{tmp_path}/key}}" }}
[[sinks]]
name = "own"
kind = "command"
command = [{sys.executable!r}, "-c", {program!r}]
[[routes]]
name = "all"
sinks = ["pager", "own"]
"""
    file = taken_over(house, tmp_path, text)
    house.service = replace(house.service, settings=Settings(home=tmp_path, alerts=file))
    house.ends("CompletedWithViolations")
    house.deliver()
    assert receiver.posts[0][0]["X-Key"] == "from-file"
    told = json.loads((tmp_path / "told").read_text())
    assert told["links"]["alert"] == "https://monitor.example/dashboard/alerts/1"
    assert [row.state for row in house.notices()] == ["delivered"] * 2


def test_a_server_without_the_file_says_that_it_has_no_such_sink(house: Any, tmp_path: Path) -> None:
    taken_over(house, tmp_path, FILE)
    house.ends("CompletedWithViolations")
    KINDS.get("notice").perform(house.task())
    assert "this server was started without its file" in house.notices()[0].last_error


@pytest.mark.parametrize("named", ["${AWS_SECRET_ACCESS_KEY}", "${file:/etc/passwd}", "a ${HOME} b"])
def test_a_call_may_not_name_secrets_of_the_server(house: Any, named: str) -> None:
    with pytest.raises(InvalidRequestError, match="LEEBOARD_NOTIFY_"):
        house.sink("http://x.example", secret=named)


def test_a_call_may_not_make_a_sink_that_runs_programs(house: Any) -> None:
    document = {"name": "own", "kind": "command", "settings": {"command": ["sh"]}}
    with pytest.raises(InvalidRequestError, match="only the file that the server is started with"):
        house.write(editing.put_sink, document, now=house.at)


def test_what_is_written_into_the_database_past_the_calls_runs_no_program(house: Any, tmp_path: Path) -> None:
    from leeboard.alerts import DeliveryError
    from leeboard.alerts.document import SinkEntry
    from leeboard.service.alerting.testing import trial_notice

    entry = SinkEntry(name="own", kind="command", settings={"command": ["touch", str(tmp_path / "ran")]})
    notice = trial_notice("test/1", house.at)
    with pytest.raises(DeliveryError, match="own file alone"):
        delivering.hand_over(entry, notice, house.at, house.service.settings, is_trusted=False)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"kind": "pigeon"}, "no kind of sink named 'pigeon'.*Known: apprise"),
        ({"settings": {}}, "url"),
        ({"settings": {"url": "http://x", "colour": 1}}, "colour"),
        ({"name": ""}, "1 to 64"),
        ({"settings": {"url": "http://x\0"}}, "NUL"),
    ],
)
def test_a_sink_that_cannot_be_says_why(house: Any, document: dict[str, Any], text: str) -> None:
    whole = {"name": "hook", "kind": "webhook", "settings": {"url": "http://x"}} | document
    with pytest.raises(InvalidRequestError, match=text):
        house.write(editing.put_sink, whole, now=house.at)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"sinks": ["other"]}, "no sink 'other'; known: hook"),
        ({"sinks": []}, "names no sink"),
        ({"on": ["sometimes"]}, "on has 'sometimes'"),
        ({"group_by": ["colour"]}, "group_by has 'colour'"),
        ({"repeat_s": 1}, "60 seconds"),
        ({"group_wait_s": -1}, "0 to 3600"),
    ],
)
def test_a_route_that_cannot_be_says_why(house: Any, document: dict[str, Any], text: str) -> None:
    house.sink("http://x.example")
    with pytest.raises(InvalidRequestError, match=text):
        house.route(**document)


def test_what_is_not_there_cannot_be_removed(house: Any) -> None:
    for remove in (partial(editing.remove_rule, now=house.at), editing.remove_route, editing.remove_sink):
        with pytest.raises(ResourceNotFoundError):
            house.write(remove, "nothing")
