"""How far suggested limits are moved away from the measures of the baseline.

Without slack every limit is the very measure of the baseline, and half of all honest windows are worse.
"""

import re
from dataclasses import dataclass
from math import isnan
from typing import Literal, Self

from leeboard.errors import InputError

NONE = "none"
FORMS = "'none', a number such as '0.02', a share such as '5%', or standard deviations such as '6sd'"
_TEXT = re.compile(r"(?P<size>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>%|sd)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slack:
    """A distance between a measure and its limit.

    >>> Slack.parse("5%").of(0.8, 0.01)
    0.04000000000000001
    """

    kind: Literal["absolute", "relative", "deviations"] = "absolute"
    size: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of what users write.

        Raises:
            InputError: it is in none of the known forms.
        """
        if text.strip().lower() in ("", NONE):
            return cls()
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise InputError(f"slack {text!r} is none of these: {FORMS}")
        size = float(found["size"])
        if found["unit"] == "%":
            return cls("relative", size / 100)
        return cls("deviations" if found["unit"] else "absolute", size)

    def of(self, value: float, deviation: float) -> float:
        """The distance in units of the measure, not negative; 0 if there is no deviation to go by."""
        if self.kind == "absolute":
            return self.size
        if self.kind == "relative":
            return self.size * abs(value)
        return 0.0 if isnan(deviation) else self.size * deviation
