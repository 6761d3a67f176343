"""What broke its promise in one run, `constraint_violations.json`."""

from leeboard.formats.part import Part


class Violation(Part):
    """One broken promise; `violation_texts` builds and parses the description.

    The feature name is empty for a violation of the whole data set.
    """

    feature_name: str = ""
    constraint_check_type: str
    description: str = ""


class Violations(Part):
    """The whole file, in no particular order; a clean run has an empty list."""

    violations: list[Violation]
