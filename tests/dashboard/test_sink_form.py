"""The form of a sink: a page a kind, fields that say what is wrong, secrets that stay where they are."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import insert

from leeboard.clock import now
from leeboard.service.alerting import rulebook
from leeboard.state.alerting_tables import alert_sinks

URL = "https://quiet.example.org/token-in-path"
HOSTILE = "<img src=x onerror=alert(1)>"
KEPT = {"kind": "webhook", "s_url": URL, "s_secret": "hush", "s_headers": "X-Key: k\r\nX-Other: o"}


def settings_of(service: Any, name: str = "team") -> dict[str, Any]:
    with service.database.read() as connection:
        kept = rulebook.stored_sink(connection, name)
    return kept.settings if kept else {}


@pytest.fixture
def made(editor: Any) -> Any:
    """An editor in whose house a sink is kept."""
    assert editor.post("/alerts/sinks/edit", name="team", is_new="yes", **KEPT).status == 303
    return editor


def change(editor: Any, **fields: Any) -> Any:
    return editor.post("/alerts/sinks/edit", name="team", is_new="no", **fields)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("apprise", ["s_url"]),
        ("webhook", ["s_url", "s_secret", "s_headers"]),
        ("cloudevents", ["s_url", "s_mode", "s_source", "s_headers"]),
        ("sns", ["s_url", "s_form", "s_topic_arn", "s_headers"]),
    ],
)
def test_each_kind_has_a_form_of_its_own(editor: Any, kind: str, fields: list[str]) -> None:
    page = editor.get(f"/alerts/sinks/edit?kind={kind}")
    assert [name.split('"')[0] for name in page.text.split(' name="s')[1:]] == [name[1:] for name in fields]
    assert "data-unkept" in page.text
    assert f'/alerts/sinks/edit?kind={kind}" aria-current="page"' in page.text


def test_what_may_be_secret_is_covered_and_what_is_needed_is_marked(editor: Any) -> None:
    page = editor.get("/alerts/sinks/edit").text
    field = page[page.index('<label for="s_url"') :].split("</div>")[0]
    assert "Apprise URL <small>needed</small>" in field
    assert '<input type="password"' in field
    assert "mailtos://user:password@example.org" in field


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("kind=pigeon", 404, "no kind of sink"),
        ("kind=command", 400, "runs a program"),
        ("name=x", 404, "no sink"),
    ],
)
def test_a_form_that_there_is_not_says_so(editor: Any, asked: str, status: int, said: str) -> None:
    answered = editor.get(f"/alerts/sinks/edit?{asked}")
    assert answered.status == status
    assert said in answered.words


def test_a_reader_sees_no_form(reader: Any) -> None:
    assert reader.get("/alerts/sinks/edit").status == 403
    assert "/alerts/sinks/edit" not in reader.get("/alerts/routes").text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(editor: Any, service: Any) -> None:
    answered = editor.post(
        "/alerts/sinks/edit", name="-", kind="webhook", s_url=HOSTILE, s_secret="hush-hush", s_headers="A 1"
    )
    assert answered.status == 400
    assert HOSTILE not in answered.text
    assert f'value="{HOSTILE}"' in unescape(answered.text)
    assert "A 1</textarea>" in answered.text
    for name, said in {
        "name": "a sink is named", "s_url": "expected such as https://", "s_headers": "not like Name: value",
        "s_secret": "type it again",
    }.items():  # fmt: skip
        assert said in answered.text.split(f'id="{name}-error">')[1].split("</span>")[0]
    assert "hush-hush" not in answered.text
    assert not settings_of(service, "-")


def test_secrets_are_never_shown_and_stay_when_nothing_is_typed(made: Any, service: Any) -> None:
    page = made.get("/alerts/sinks/edit?name=team")
    for secret in (URL, "hush", "X-Key: k"):
        assert secret not in page.text
    assert "X-Key: (hidden)\nX-Other: (hidden)" in page.text
    assert "headers X-Key, X-Other" in made.get("/alerts/routes").words
    change(made, s_url="", s_secret="", s_headers="X-Key: (hidden)\r\nX-New: n")
    assert settings_of(service) == {"url": URL, "secret": "hush", "headers": {"X-Key": "k", "X-New": "n"}}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"s_secret": ""}, "s_secret"), ({"s_secret": "new", "s_headers": "X-Key: (hidden)"}, "s_headers")],
)
def test_a_new_address_does_not_get_the_secrets_of_the_old_one(
    made: Any, service: Any, fields: dict[str, str], wrong: str
) -> None:
    answered = change(made, s_url="https://elsewhere.example.org/", **fields)
    assert answered.status == 400
    assert "the address is another one now" in answered.text.split(f'id="{wrong}-error">')[1]
    assert settings_of(service)["url"] == URL


def test_a_secret_that_is_not_wanted_any_more_goes(made: Any, service: Any) -> None:
    assert change(made, s_url="https://elsewhere.example.org/", drop=["secret"]).status == 303
    assert settings_of(service) == {"url": "https://elsewhere.example.org/"}


def test_a_new_sink_takes_no_others_place(made: Any, service: Any) -> None:
    answered = made.post("/alerts/sinks/edit", name="team", is_new="yes", kind="sns", s_url=URL)
    assert answered.status == 400
    assert "there is a sink" in answered.text.split('id="name-error">')[1]
    assert settings_of(service)["secret"] == "hush"


def test_a_sink_of_the_file_is_changed_there(editor: Any, service: Any) -> None:
    document = {"name": "on call", "kind": "webhook", "settings": {"url": URL}}
    with service.database.write() as connection:
        values = {"name": "on call", "origin": "file", "document": document}
        connection.execute(insert(alert_sinks).values(values | {"created_at": now(), "modified_at": now()}))
    assert "name=on" not in editor.get("/alerts/routes").text
    for answered in (
        editor.get("/alerts/sinks/edit?name=on+call"),
        editor.post("/alerts/sinks/edit", name="on call", is_new="yes", kind="webhook", s_url=URL),
    ):
        assert "change it there" in answered.words
        assert answered.status == 400
