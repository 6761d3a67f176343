"""The names under which Prometheus gets what monitors found and how the server stands."""

from leeboard.service.observed.exposition import Family

SCHEDULE = ("endpoint", "schedule")
FEATURE = (*SCHEDULE, "feature")
BIAS = (*SCHEDULE, "facet", "group", "stage", "measure")
STATE = (*SCHEDULE, "monitoring_type")


def _gauge(name: str, text: str, *labels: str) -> Family:
    return Family(f"leeboard_{name}", "gauge", text, labels)


DRIFT = _gauge("feature_baseline_drift", "Distance from the baseline.", *FEATURE)
DRIFT_LIMIT = _gauge("feature_baseline_drift_limit", "Distance above which a feature has drifted.", *FEATURE)
COMPLETENESS = _gauge("feature_completeness", "Share of values that are there.", *FEATURE)
DATA = _gauge("feature_data", "Mean, deviation, minimum and maximum of a feature.", *FEATURE, "statistic")
QUALITY = _gauge("model_quality", "A measure of model quality.", *SCHEDULE, "measure")
QUALITY_LIMIT = _gauge("model_quality_limit", "Bound of a measure of model quality.", *SCHEDULE, "measure")
BIAS_VALUE = _gauge("bias", "A measure of bias of one group.", *BIAS)
ATTRIBUTION = _gauge("feature_attribution", "Mean attribution of a feature.", *SCHEDULE, "label", "feature")
NDCG = _gauge(
    "feature_attribution_ndcg", "How like the baseline's the order of features is.", *SCHEDULE, "label"
)
NDCG_LIMIT = _gauge("feature_attribution_ndcg_limit", "NDCG below which it is drift.", *SCHEDULE, "label")
WINDOW_AT = _gauge("window_timestamp_seconds", "Scheduled time of the window that is told of.", *SCHEDULE)
WINDOW_ROWS = _gauge("window_rows", "Rows of the window.", *SCHEDULE)
WINDOW_MALFORMED = _gauge("window_malformed_records", "Records that could not be read.", *SCHEDULE)
WINDOW_DRIFTED = _gauge("window_drifted_features", "Features that have drifted.", *SCHEDULE)
WINDOW_FAMILIES = (
    DRIFT, DRIFT_LIMIT, COMPLETENESS, DATA, QUALITY, QUALITY_LIMIT, BIAS_VALUE, ATTRIBUTION, NDCG, NDCG_LIMIT,
    WINDOW_AT, WINDOW_ROWS, WINDOW_MALFORMED, WINDOW_DRIFTED,
)  # fmt: skip
"""Last values of each schedule, from the last window that has a summary."""

EMITTED = _gauge("emitted", "Mean of what an own container wrote of a metric.", *SCHEDULE, "metric")
EMITTED_FAMILIES = (EMITTED,)
"""Last values of each schedule, from the last window that came to results; emitters name them alike."""

VIOLATIONS = _gauge("schedule_violations", "Violations that the last ended execution found.", *STATE)
LAST_STATUS = _gauge("schedule_last_status", "1 for the status of the last one that ended.", *STATE, "status")
LAST_END = _gauge("schedule_last_end_timestamp_seconds", "When the last execution ended.", *STATE)
NEXT_DUE = _gauge("schedule_next_due_timestamp_seconds", "When the next execution is due.", *STATE)
ACTIVE = _gauge("schedule_active", "1 while the schedule is started.", *STATE)
OVERDUE = _gauge("schedule_overdue", "1 while an execution should have begun, and has not.", *STATE)
ALERT = _gauge("schedule_alert", "1 while the alert of the schedule is in force.", *STATE)
SCHEDULE_FAMILIES = (VIOLATIONS, LAST_STATUS, LAST_END, NEXT_DUE, ACTIVE, OVERDUE, ALERT)

INCIDENTS = _gauge("incidents_open", "Incidents of alert rules that are not over.", "severity")
QUEUE_WAITING = _gauge("queue_waiting", "Pieces of work that wait.", "kind")
QUEUE_RUNNING = _gauge("queue_running", "Pieces of work in the hands of workers.", "kind")
QUEUE_OLDEST = _gauge("queue_oldest_seconds", "How long the oldest piece of due work has waited.", "kind")
QUEUE_ATTEMPTS = _gauge("queue_attempts", "The most often that one piece of work was begun.", "kind")
QUEUE_ABANDONED = _gauge("queue_abandoned", "Pieces of work whose worker is silent.", "kind")
ENDPOINTS = _gauge("endpoints", "Endpoints by status.", "status")
SCHEDULES = _gauge("schedules", "Monitoring schedules by status.", "status")
STANDING_FAMILIES = (
    INCIDENTS, QUEUE_WAITING, QUEUE_RUNNING, QUEUE_OLDEST, QUEUE_ATTEMPTS, QUEUE_ABANDONED, ENDPOINTS,
    SCHEDULES,
)  # fmt: skip

JOBS = Family("leeboard_jobs_total", "counter", "Jobs that ended since the start.", ("kind", "status"))
EXECUTIONS = Family(
    "leeboard_executions_total",
    "counter",
    "Executions that ended since the start.",
    ("monitoring_type", "status"),
)
JOB_SECONDS = Family("leeboard_job_seconds", "histogram", "From the start of a job to its end.", ("kind",))
ENDED_FAMILIES = (JOBS, EXECUTIONS, JOB_SECONDS)

UP = _gauge("state_up", "1 if the database of the state answered.")
INFO = _gauge("build_info", "1; the version of leeboard.", "version")
DROPPED = Family(
    "leeboard_series_dropped", "gauge", "Series left out, as their family has too many.", ("family",)
)
TOOK = _gauge("observing_seconds", "Time that gathering these numbers took.")
OWN_FAMILIES = (UP, INFO, DROPPED, TOOK)

ALL_FAMILIES = (
    *WINDOW_FAMILIES, *EMITTED_FAMILIES, *SCHEDULE_FAMILIES, *STANDING_FAMILIES, *ENDED_FAMILIES,
    *OWN_FAMILIES,
)  # fmt: skip
