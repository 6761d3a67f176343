"""Which violations close the gate."""

from collections.abc import Sequence
from dataclasses import dataclass

from leeboard.errors import InputError, UnknownNameError
from leeboard.report.gate.cases import Case
from leeboard.report.gate.checked import CHECKED

ANY, NEVER = "violations", "never"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a user wants a build to fail on.

    Attributes:
        names: checks or measures whose violations count; None for all.
        n_tolerated: violations that count and still leave the gate open.
        is_open: nothing closes the gate.
    """

    names: frozenset[str] | None = None
    n_tolerated: int = 0
    is_open: bool = False

    def counts(self, case: Case) -> bool:
        """The case is broken, and of a kind that was chosen."""
        return case.violation is not None and (self.names is None or bool(self.names & case.looked.names))

    def passes(self, cases: Sequence[Case]) -> bool:
        """The gate is open."""
        return self.is_open or sum(map(self.counts, cases)) <= self.n_tolerated


def policy_of(fail_on: Sequence[str], n_tolerated: int, monitor: str) -> Policy:
    """The policy in the words of a command line.

    Raises:
        UnknownNameError: the monitor has no such check and no such measure.
        InputError: `never` or `violations` stands beside something else.
    """
    chosen = [name.strip() for name in fail_on if name.strip()] or [ANY]
    if len(chosen) > 1 and {ANY, NEVER} & set(chosen):
        raise InputError(f"--fail-on is {' and '.join(chosen)}; {ANY} and {NEVER} stand alone")
    if chosen == [NEVER]:
        return Policy(is_open=True)
    if chosen == [ANY]:
        return Policy(n_tolerated=n_tolerated)
    known = set(CHECKED.get(monitor).names()) if monitor in CHECKED else set(chosen)
    for name in chosen:
        if name not in known:
            raise UnknownNameError(f"check of {monitor}", name, {*known, ANY, NEVER})
    return Policy(frozenset(chosen), n_tolerated)
