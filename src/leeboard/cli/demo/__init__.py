"""`leeboard demo`: a server, a model behind an endpoint, and eight hours of traffic that go wrong."""

from typing import Annotated

import typer


def demo(
    folder: Annotated[
        str, typer.Option("--dir", help="Folder for everything that the demo writes.", metavar="DIR")
    ] = "leeboard-demo",
    seed: Annotated[int, typer.Option(help="Of the samples, the model and the traffic.")] = 7,
    keep_serving: Annotated[
        bool, typer.Option("--keep-serving", help="Leave the server up at the end, until Control-C.")
    ] = False,
) -> None:
    """Deploy a model of real flights on a server, capture its traffic, and watch it go wrong.

    The demo starts `leeboard serve` on a free port and uses it by boto3, as a program written for AWS
    would. The first of eight hours are clean. Later ones are damaged as it happens in practice: another
    unit, a lost column, a new code, text in a number, gaps, another population, a world that changed.
    Seven hours are laid down as captured before; the last is sent through the endpoint now. Whether each
    flight was late comes as a label one or two hours after. Four schedules check the hours: data quality,
    model quality, bias and feature attribution.
    \b

    [bold]Example[/bold]

      leeboard demo --dir /tmp/leeboard-demo
    """
    from leeboard.cli.demo.story import tell

    tell(folder, seed, keeps_serving=keep_serving)
