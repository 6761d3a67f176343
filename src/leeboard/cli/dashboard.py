"""`leeboard dashboard`."""

from typing import Annotated

import typer

from leeboard.cli import parameters as p


def dashboard(
    server: p.Server = None,
    home: p.Home = None,
    opens: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in a browser, if there is one.")
    ] = True,
) -> None:
    """Open the dashboard of a server, logged in.

    The address is printed too. A code in it is good once, within a minute, and logs in as whose keys this
    command signs with.
    \b

    [bold]Examples[/bold]

      leeboard dashboard

      leeboard dashboard --home /srv/leeboard --no-open
    """
    from leeboard.client.calls import Client

    with Client.of(server, home) as client:
        url = client.place.url + client.post("/leeboard/access/links")["path"]
    typer.echo(url)
    if opens:
        _open(url)


def _open(url: str) -> None:
    """Not in a terminal's browser, which would take the place of this command."""
    import os
    import sys
    import webbrowser

    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if sys.platform in ("darwin", "win32") or has_screen:
        webbrowser.open(url)
