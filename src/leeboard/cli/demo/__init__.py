"""`leeboard demo`: a server, a model behind an endpoint, and a day of traffic that goes wrong."""

from typing import Annotated

import typer


def demo(
    folder: Annotated[
        str, typer.Option("--dir", help="Folder for everything that the demo writes.", metavar="DIR")
    ] = "leeboard-demo",
    hours: Annotated[int, typer.Option(help="Of traffic; the last six are damaged.", min=8, max=168)] = 24,
    seed: Annotated[int, typer.Option(help="Of the samples, the model and the traffic.")] = 7,
    keep_serving: Annotated[
        bool, typer.Option("--keep-serving", help="Leave the server up at the end, until Control-C.")
    ] = False,
) -> None:
    """Deploy a model of real flights on a server, capture its traffic, and watch it go wrong.

    The demo starts `leeboard serve` on a free port and uses it by boto3, as a program written for AWS
    would. The first hours of a day are clean. The last six are damaged as it happens in practice: another
    unit, a lost column, a new code, text in a number, gaps, another population, a world that changed.
    All but the last are laid down as captured before; that one is sent through the endpoint now. Whether each
    flight was late comes as a label one or two hours after. Four schedules check the hours: data quality,
    model quality, bias and feature attribution. It ends by naming the dashboard's page to open.
    \b

    [bold]Example[/bold]

      leeboard demo --dir /tmp/leeboard-demo
    """
    from leeboard.cli.demo.story import tell

    tell(folder, seed, n_hours=hours, keeps_serving=keep_serving)
