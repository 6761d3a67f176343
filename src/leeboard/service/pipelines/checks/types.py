"""The types of checks: which files they write, and where a model package keeps what they are held against."""

from dataclasses import dataclass

QUALITY, CLARIFY = "QualityCheck", "ClarifyCheck"


@dataclass(frozen=True, slots=True)
class CheckType:
    """One type of check.

    Attributes:
        name: as `CheckType` in a step.
        step: the type of the steps that it is for.
        constraints_file, statistics_file: in the folder of results; None for a type without.
        package_part: the member of a package's DriftCheckBaselines, and
        package_constraints: the member of that with the constraints.
        asks_model: whether the step names a model.
    """

    name: str
    step: str
    constraints_file: str
    statistics_file: str | None
    package_part: str
    package_constraints: str = "Constraints"
    asks_model: bool = False


_FILES = ("constraints.json", "statistics.json")
CHECK_TYPES = {
    each.name: each
    for each in (
        CheckType("DATA_QUALITY", QUALITY, *_FILES, "ModelDataQuality"),
        CheckType("MODEL_QUALITY", QUALITY, *_FILES, "ModelQuality"),
        CheckType("DATA_BIAS", CLARIFY, "analysis.json", None, "Bias", "PreTrainingConstraints"),
        CheckType(
            "MODEL_BIAS", CLARIFY, "analysis.json", None, "Bias", "PostTrainingConstraints", asks_model=True
        ),
        CheckType("MODEL_EXPLAINABILITY", CLARIFY, "analysis.json", None, "Explainability", asks_model=True),
    )
}


def types_of(step: str) -> list[str]:
    """Names of the check types of a step type."""
    return [each.name for each in CHECK_TYPES.values() if each.step == step]
