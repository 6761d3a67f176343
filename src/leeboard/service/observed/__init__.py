"""What the server knows of schedules, windows, queue and jobs, as numbers for Prometheus."""
