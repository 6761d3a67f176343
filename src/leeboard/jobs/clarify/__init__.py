"""The Clarify program: what a job with an analysis configuration is to do."""
