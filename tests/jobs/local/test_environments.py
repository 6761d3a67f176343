"""Environments of modules: made once, whole or not at all."""

from threading import Thread

import pytest

from leeboard.errors import InputError
from leeboard.jobs.local.environments import environment_of
from leeboard.jobs.runners import run_processing

MODULE = "import sys\nprint('tiny', sys.prefix)\ntry:\n  import numpy\nexcept ImportError: print('alone')\n"


@pytest.mark.slow
def test_a_module_runs_in_an_environment_of_its_own_that_is_made_once(own, tiny_wheel):
    tiny_wheel(own.programs, MODULE)
    own.route = {
        "module": "tiny_monitor",
        "requirements": ["--no-index", "./tiny_monitor-1.0-py3-none-any.whl"],
    }
    assert own.run("").state == "Completed", own.log
    (line,) = [line for line in own.log if line.startswith("tiny ")]
    assert line.startswith(f"tiny {own.home / 'environments'}")
    assert "alone" in own.log
    own.log.clear()
    assert own.run("").state == "Completed"
    assert line in own.log
    assert not any("making the environment" in each for each in own.log)


@pytest.mark.slow
def test_an_environment_that_cannot_be_made_says_what_pip_said(own):
    own.route = {"module": "x", "requirements": ["--no-index", "no-such-thing==7"]}
    end = own.run("")
    assert (end.state, end.is_retryable) == ("Failed", True)
    assert "could not be made: pip ended with exit code 1. Last lines" in end.message
    assert "no-such-thing==7" in end.message


@pytest.mark.slow
def test_half_an_environment_is_made_anew(own, tmp_path):
    own.route = {"module": "platform", "requirements": []}
    half = environment_of((), own.programs, own.home / "environments")
    (half.place / "bin").mkdir(parents=True)
    (half.place / "bin/python").write_text("broken")
    assert own.run("").state == "Completed", own.log
    assert half.is_made


def test_a_stop_while_an_environment_is_made_ends_it(own):
    own.route = {"module": "platform", "requirements": []}
    order = own.order()
    end = run_processing(
        order, log=own.log.append, should_stop=lambda: any("making" in line for line in own.log)
    )
    assert (end.state, end.message) == ("Stopped", "The job was stopped by request.")
    assert not environment_of((), own.programs, own.home / "environments").is_made


def test_two_makers_make_it_once(tmp_path):
    made: list[str] = []
    environment = environment_of((), tmp_path, tmp_path / "environments")

    def run(command):
        made.append(command[-1])
        environment.place.mkdir()

    makers = [Thread(target=environment.make, args=(run, lambda: None)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(made) == 1


def test_the_key_follows_lines_lists_and_wheels(tmp_path, tiny_wheel):
    (tmp_path / "requirements.txt").write_text("numpy\n")
    wheel = tiny_wheel(tmp_path, "x = 1")

    def place(requirements):
        return environment_of(requirements, tmp_path, tmp_path).place

    assert place("requirements.txt") == place(("numpy",)) != place(("numpy>2",))
    before = place((f"./{wheel.name}",))
    tiny_wheel(tmp_path, "x = 2")
    assert place((f"./{wheel.name}",)) != before


def test_a_list_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no\.txt cannot be read"):
        environment_of("no.txt", tmp_path, tmp_path)
