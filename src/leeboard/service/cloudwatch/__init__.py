"""Kept metrics, alarms and logs in CloudWatch's terms: what was emitted, read and judged."""
