"""One execution of a monitor: what to read, the flow, where the results go."""
