"""The resources of the server and their rules, schedules, executions, and the workers that run them."""
