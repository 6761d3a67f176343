"""Help as a terminal shows it."""

import typer

from leeboard.cli.app import app
from leeboard.cli.help import unwrap


def test_paragraphs_flow_and_examples_stay_as_they_are() -> None:
    small = typer.Typer()

    def command() -> None:
        """Do it.

        What is told of it goes on
        in a second line.

        [bold]Example[/bold]

        >
          leeboard do it \\
              --well
        """

    small.command()(command)
    around = typer.Typer()
    around.add_typer(small, name="small")
    unwrap(around)
    (made,) = small.registered_commands
    told, example = str(made.help).split("\n\n", 2)[1], str(made.help).rsplit("\n\n", 1)[1]
    assert told == "What is told of it goes on in a second line."
    assert example == ">\n  leeboard do it \\\n      --well"


def test_no_command_of_ours_breaks_a_line_in_the_midst_of_a_paragraph() -> None:
    paragraphs = [part for command in app.registered_commands for part in str(command.help).split("\n\n")]
    assert len(paragraphs) > 40
    told = [part.removesuffix("\n\b") for part in paragraphs if "  leeboard " not in part]
    assert [part for part in told if "\n" in part] == []
