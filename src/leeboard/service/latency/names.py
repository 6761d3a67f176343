"""What metrics of invocations are called."""

NAMESPACE = "AWS/SageMaker"
INVOCATIONS, ERRORS_4XX, ERRORS_5XX = "Invocations", "Invocation4XXErrors", "Invocation5XXErrors"
MODEL_LATENCY, OVERHEAD_LATENCY = "ModelLatency", "OverheadLatency"
COUNTS = (INVOCATIONS, ERRORS_4XX, ERRORS_5XX)
NO_UNIT, MICROSECONDS = "None", "Microseconds"
