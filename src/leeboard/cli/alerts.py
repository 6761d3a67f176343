"""`leeboard alerts`."""

from typing import Annotated

import typer

from leeboard.cli import parameters as p
from leeboard.cli.alert_tables import (
    about,
    say,
    show_alert,
    show_alerts,
    show_silences,
    table,
    time_of,
    when,
    windows,
)

alerts = typer.Typer(no_args_is_help=True, help="See, silence and test the alerts of a server.")
IN_FORCE = 3
FAILED = 2


@alerts.callback()
def _alerts() -> None:
    """See, silence and test the alerts of a server."""


@alerts.command(name="list")
def list_(
    schedule: Annotated[str | None, typer.Option(help="Only those of this schedule.", metavar="NAME")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Only those of this endpoint.", metavar="NAME")] = None,
    pipeline: Annotated[str | None, typer.Option(help="Only those of this pipeline.", metavar="NAME")] = None,
    severity: Annotated[
        str | None, typer.Option(help="Only info, warning or critical ones.", metavar="SEVERITY")
    ] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 3 if any is in force.")] = False,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """List the alerts that are in force.

    \b

    [bold]Examples[/bold]

      leeboard alerts list

      leeboard alerts list --severity critical --gate
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        query = {"schedule": schedule, "endpoint": endpoint, "pipeline": pipeline, "severity": severity}
        found = client.get("/leeboard/alerts", **query)["alerts"]
    if found:
        show_alerts(found)
    else:
        say("no alert is in force")
    raise typer.Exit(IN_FORCE if gate and found else 0)


@alerts.command(name="history")
def history(
    schedule: Annotated[str | None, typer.Option(help="Only those of this schedule.", metavar="NAME")] = None,
    limit: Annotated[int, typer.Option(help="How many, the newest.", min=1, max=500)] = 50,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """List alerts, those that are over as well, newest first.

    \b

    [bold]Example[/bold]

      leeboard alerts history --schedule churn-hourly
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        found = client.get("/leeboard/alerts/history", schedule=schedule, limit=limit)["alerts"]
    if found:
        show_alerts(found)
    else:
        say("there was no alert")


@alerts.command(name="show")
def show(
    number: Annotated[int, typer.Argument(help="The alert, as `leeboard alerts list` numbers it.")],
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Show one alert: what was found, the steps of a pipeline that failed, where to read more.

    \b

    [bold]Example[/bold]

      leeboard alerts show 12
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        show_alert(client.get(f"/leeboard/alerts/incidents/{number}"))


@alerts.command(name="rules")
def rules(server: p.Server = None, home: p.Home = None) -> None:
    """List rules, and which notices go to which sinks.

    Every schedule also has AWS's own alert, which UpdateMonitoringAlert sets.
    \b

    [bold]Example[/bold]

      leeboard alerts rules
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        found = client.get("/leeboard/alerts/rules")["rules"]
        routes = client.get("/leeboard/alerts/routes")["routes"]
        sinks = client.get("/leeboard/alerts/sinks")["sinks"]
    table(
        ("Rule", "When", "Windows", "Severity", "About", "From"),
        (
            (each["name"], when(each), windows(each), each["severity"], about(each), each["origin"])
            for each in found
        ),
    )
    table(
        ("Route", "Notices", "About", "Sinks", "From"),
        (
            (each["name"], ", ".join(each["on"]), about(each), ", ".join(each["sinks"]), each["origin"])
            for each in routes
        ),
    )
    table(("Sink", "Kind", "From"), ((each["name"], each["kind"], each["origin"]) for each in sinks))


@alerts.command(name="ack")
def ack(
    number: Annotated[int, typer.Argument(help="The alert, as `leeboard alerts list` numbers it.")],
    note: Annotated[str | None, typer.Option(help="What others should know.", metavar="TEXT")] = None,
    who: Annotated[str | None, typer.Option(help="Who looks after it; you, if not said.")] = None,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Say that somebody looks after an alert: it is not told again while it lasts.

    \b

    [bold]Example[/bold]

      leeboard alerts ack 12 --note "the plan table is being loaded again"
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        body = {"who": who or _user(), "note": note or ""}
        told = client.post(f"/leeboard/alerts/incidents/{number}/acknowledge", body)
    say(f"alert {number} is acknowledged: {told['title']}")


@alerts.command(name="silence")
def silence(
    match: Annotated[
        list[str] | None,
        typer.Argument(
            help="What to be quiet about: schedule=NAME, endpoint=..., pipeline=..., severity=..., rule=..."
        ),
    ] = None,
    hours: Annotated[float, typer.Option("--for", help="Hours.", min=0.01, max=8760, metavar="HOURS")] = 1.0,
    comment: Annotated[str | None, typer.Option(help="Why.", metavar="TEXT")] = None,
    who: Annotated[str | None, typer.Option(help="Who silences; you, if not said.")] = None,
    end: Annotated[int | None, typer.Option(help="End this silence now.", metavar="NUMBER")] = None,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Be quiet for a while about some alerts; without anything to match, list the silences.

    What lasts when a silence is over is told then.
    \b

    [bold]Examples[/bold]

      leeboard alerts silence endpoint=churn --for 2 --comment "new version goes out"

      leeboard alerts silence

      leeboard alerts silence --end 3
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        if end is not None:
            client.delete(f"/leeboard/alerts/silences/{end}")
            say(f"silence {end} is over")
        elif match:
            body = {
                "match": _matchers(match), "seconds": hours * 3600, "comment": comment or "",
                "who": who or _user(),
            }  # fmt: skip
            made = client.post("/leeboard/alerts/silences", body)
            say(f"silence {made['silence']} until {time_of(made['until'])} UTC")
        else:
            show_silences(client.get("/leeboard/alerts/silences")["silences"])


@alerts.command(name="test")
def try_(
    url: Annotated[
        str | None, typer.Argument(help="A URL of Apprise's, tried from this machine.", metavar="URL")
    ] = None,
    sink: Annotated[str | None, typer.Option(help="A sink of the server.", metavar="NAME")] = None,
    server: p.Server = None,
    home: p.Home = None,
) -> None:
    """Send a test notice, and say plainly what happened.

    With --sink the server sends it to one of its sinks. With a URL it goes out from here, without any
    server. Exit code: 0 if it arrived, 2 if not.
    \b

    [bold]Examples[/bold]

      leeboard alerts test --sink "on call"

      leeboard alerts test "slack://TokenA/TokenB/TokenC/#alerts"
    """
    from leeboard.errors import InputError

    if (url is None) == (sink is None):
        raise InputError("name a sink of the server with --sink, or a URL of Apprise's")
    error = _try_url(url) if url else _try_sink(str(sink), server, home)
    where = f"{url.partition('://')[0]}://..." if url else f"the sink {sink}"
    say(f"the test did not arrive at {where}: {error}" if error else f"the test arrived at {where}")
    raise typer.Exit(FAILED if error else 0)


def _try_url(url: str) -> str | None:
    from leeboard.alerts import SINKS, DeliveryError, Outside
    from leeboard.alerts.posting import post
    from leeboard.clock import now
    from leeboard.service.alerting.testing import trial_notice

    kind, at = SINKS.get("apprise"), now()
    notice = trial_notice(f"test/{at:%Y%m%d%H%M%S}", at, who=_user(), links={})
    try:
        kind.deliver(notice, kind.settings(url=url), Outside(post, at))
    except DeliveryError as error:
        return str(error)
    return None


def _try_sink(sink: str, server: str | None, home: str | None) -> str | None:
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        told = client.post("/leeboard/alerts/test", {"sink": sink, "who": _user()})
    return None if told["is_delivered"] else str(told["error"])


def _matchers(given: list[str]) -> dict[str, list[str]]:
    from leeboard.errors import InputError

    matchers: dict[str, list[str]] = {}
    for each in given:
        key, is_said, pattern = each.partition("=")
        if not is_said or not pattern:
            raise InputError(f"{each!r} is no matcher; write schedule=NAME or endpoint=PATTERN")
        matchers.setdefault(key, []).append(pattern)
    return matchers


def _user() -> str:
    """Who sits here."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"
