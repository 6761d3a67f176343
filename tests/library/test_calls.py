"""The Python face, as a notebook uses it."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import leeboard

RNG = np.random.default_rng(3)
TRAINING = pl.DataFrame(
    {
        "age": RNG.integers(18, 80, 3_000),
        "income": RNG.lognormal(10, 0.5, 3_000).round(2),
        "plan": RNG.choice(["basic", "plus", "pro"], 3_000),
    }
)
TODAY = pl.DataFrame(
    {
        "age": RNG.integers(18, 80, 1_000),
        "income": (RNG.lognormal(10, 0.5, 1_000) * 1.3).round(2),
        "plan": RNG.choice(["basic", "plus", "gold"], 1_000),
    }
)


def checks(result: leeboard.CheckResult) -> set[tuple[str, str]]:
    return {(finding.feature_name, finding.check) for finding in result.findings}


EXPECTED = {
    ("income", "baseline_drift_check"),
    ("plan", "baseline_drift_check"),
    ("plan", "categorical_values_check"),
}


@pytest.mark.parametrize(
    "convert", [lambda frame: frame, pl.DataFrame.lazy, pl.DataFrame.to_pandas, pl.DataFrame.to_arrow]
)
def test_frames_of_all_kinds_are_taken(convert: object) -> None:
    baseline = leeboard.suggest_baseline(convert(TRAINING))  # type: ignore[operator]
    assert checks(leeboard.check(convert(TODAY), baseline)) == EXPECTED  # type: ignore[operator]


def test_the_training_data_themselves_are_clean() -> None:
    baseline = leeboard.suggest_baseline(TRAINING)
    result = leeboard.check(TRAINING.sample(1_500, seed=1), baseline)
    assert result.is_clean
    assert result.findings == []
    assert len(result.drift) == 3


def test_files_give_what_frames_give(tmp_path: Path) -> None:
    TRAINING.write_csv(tmp_path / "training.csv")
    TODAY.write_parquet(tmp_path / "today.parquet")
    leeboard.suggest_baseline(tmp_path / "training.csv", output=tmp_path / "baseline")
    result = leeboard.check(tmp_path / "today.parquet", tmp_path / "baseline")
    assert checks(result) == EXPECTED


def test_results_show_themselves_in_a_notebook_and_in_a_terminal() -> None:
    baseline = leeboard.suggest_baseline(TRAINING)
    result = leeboard.check(TODAY, baseline)
    for shown in (result, baseline):
        assert "income" in repr(shown)
        assert "income" in shown._repr_html_()
        assert "<script" not in shown._repr_html_()
    assert "gold" in result._repr_html_()


def test_findings_come_as_a_frame() -> None:
    frame = leeboard.check(TODAY, leeboard.suggest_baseline(TRAINING)).to_frame()
    assert frame.columns == ["feature_name", "check", "observed", "expected", "description", "hint"]
    domain = frame.filter(pl.col("check") == "categorical_values_check").row(0, named=True)
    assert domain["observed"] == pytest.approx((TODAY["plan"] != "gold").mean())


def test_saved_results_can_serve_as_a_baseline(tmp_path: Path) -> None:
    result = leeboard.check(TODAY, leeboard.suggest_baseline(TRAINING))
    files = result.save(tmp_path / "monday")
    assert sorted(files) == [
        "constraint_violations.json",
        "constraints.json",
        "report.html",
        "statistics.json",
    ]
    assert leeboard.check(TODAY, tmp_path / "monday").is_clean


def test_a_label_column_against_a_live_probability_raises_no_alarm() -> None:
    training = TRAINING.with_columns(churn=pl.Series(RNG.integers(0, 2, 3_000))).select(
        "churn", *TRAINING.columns
    )
    live = TRAINING.with_columns(churn=pl.Series(RNG.random(3_000))).select("churn", *TRAINING.columns)
    unaware = leeboard.check(live, leeboard.suggest_baseline(training))
    assert ("churn", "data_type_check") in checks(unaware)
    assert "label" in next(f.hint for f in unaware.findings if f.check == "data_type_check")
    aware = leeboard.check(live, leeboard.suggest_baseline(training, label="churn"))
    assert aware.is_clean


def test_constraints_can_be_changed_before_checking() -> None:
    baseline = leeboard.suggest_baseline(TRAINING)
    plan = next(feature for feature in baseline.constraints.features if feature.name == "plan")
    assert plan.string_constraints is not None
    assert plan.string_constraints.domains is not None
    plan.string_constraints.domains.append("gold")
    found = checks(leeboard.check(TODAY, baseline))
    assert ("plan", "categorical_values_check") not in found


def test_nan_in_pandas_is_a_missing_cell() -> None:
    frame = pd.DataFrame({"x": [1.0, float("nan"), 3.0, 4.0]})
    feature = leeboard.suggest_baseline(frame).statistics.features[0]
    assert feature.numerical_statistics is not None
    assert feature.numerical_statistics.common.num_missing == 1


def test_a_file_in_another_encoding_is_read_if_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes("city,n\nKöln,1\nBonn,2\n".encode("latin-1"))
    baseline = leeboard.suggest_baseline(path, encoding="latin-1")
    assert baseline.constraints.features[0].name == "city"
    assert "Köln" in leeboard.check(path, baseline, encoding="latin-1").statistics.model_dump_json()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compat": "stric"}, "did you mean 'strict'"),
        ({"numeric_drift_test": "psl"}, "did you mean 'psi'"),
        ({"numeric_drift_test": "chi_squared"}, "'chi_squared' does not read numbers; known: .*ks.*psi"),
        ({"categorical_drift_test": "ks"}, "'ks' does not read text; known: chi_squared.*psi"),
        ({"roles": {"age": "lable"}}, "did you mean 'label'"),
        ({"false_alarm_level": 2.0}, "expected a number from 0 to 1"),
        ({"format": "xml"}, "no data format named 'xml'"),
        ({"encoding": "latin1000"}, "no encoding named 'latin1000'"),
    ],
)
def test_a_wrong_option_is_answered_with_the_right_ones(options: dict[str, object], message: str) -> None:
    with pytest.raises(leeboard.InputError, match=message):
        leeboard.suggest_baseline(TRAINING, **options)  # type: ignore[arg-type]


def test_a_frame_is_no_baseline_and_the_message_says_what_makes_one_of_it() -> None:
    with pytest.raises(leeboard.InputError, match="suggest_baseline"):
        leeboard.check(TRAINING, TRAINING)


def test_strict_mode_suggests_what_aws_would(tmp_path: Path) -> None:
    files = leeboard.suggest_baseline(TRAINING, compat="strict").save(tmp_path)
    assert "leeboard" not in Path(files["constraints.json"]).read_text()


def test_an_infinity_in_a_frame_is_no_number() -> None:
    baseline = leeboard.suggest_baseline(TRAINING)
    income = pl.when(pl.int_range(pl.len()) < 3).then(float("inf")).otherwise("income")
    result = leeboard.check(TRAINING.with_columns(income=income), baseline)
    (finding,) = result.findings
    assert (finding.feature_name, finding.check) == ("income", "data_type_check")
    assert "inf" in finding.hint


def test_a_window_on_rows_without_times_is_noted() -> None:
    baseline = leeboard.suggest_baseline(TRAINING)
    result = leeboard.check(TRAINING, baseline, start="2022-04-18T00:00:00Z", end="2022-04-18T01:00:00Z")
    assert any("only capture records carry times" in note for note in result.notes)


def test_only_a_new_column_may_be_the_missing_one_under_another_name() -> None:
    baseline = leeboard.suggest_baseline(TRAINING.with_columns(plan2=pl.col("plan")))
    missing = leeboard.check(TRAINING, baseline).findings[0]
    assert missing.feature_name == "plan2"
    assert "'plan'" not in missing.hint
    renamed = leeboard.check(TRAINING.rename({"income": "incomes"}).with_columns(plan2="plan"), baseline)
    hints = {finding.check: finding.hint for finding in renamed.findings}
    assert "'income' may now be 'incomes'" in hints["missing_column_check"]
