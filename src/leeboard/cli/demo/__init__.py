"""`leeboard demo`: the main job on real data, from a training file to violations."""

from typing import Annotated

import typer


def demo(
    folder: Annotated[
        str, typer.Option("--dir", help="Folder for everything that the demo writes.", metavar="DIR")
    ] = "leeboard-demo",
    seed: Annotated[int, typer.Option(help="Of the samples, the model and the traffic.")] = 7,
) -> None:
    """Train a model on real flights, capture its traffic for eight hours, and watch it go wrong.

    The first three hours are clean. Later ones are damaged as it happens in practice: another unit,
    a lost column, a new code, text in a number, gaps, another population. A baseline is made from
    the training file, then each hour is checked against it.
    \b

    [bold]Example[/bold]

      leeboard demo --dir /tmp/leeboard-demo
    """
    from leeboard.cli.demo.story import tell

    tell(folder, seed)
