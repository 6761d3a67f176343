"""What broke its promise in one run, `constraint_violations.json`."""

from leeboard.formats.part import Part


class ViolationExtension(Part):
    """What leeboard says of a violation beyond AWS's file.

    Attributes:
        hint: why, and what to do.
    """

    hint: str = ""


class Violation(Part):
    """One broken promise; `violation_texts` builds and parses the description.

    The feature name is empty for a violation of the whole data set.
    """

    feature_name: str = ""
    constraint_check_type: str
    description: str = ""
    leeboard: ViolationExtension | None = None

    @property
    def hint(self) -> str:
        """Why, and what to do; empty where nobody knows."""
        return self.leeboard.hint if self.leeboard else ""


class Violations(Part):
    """The whole file, in no particular order; a clean run has an empty list."""

    violations: list[Violation]
