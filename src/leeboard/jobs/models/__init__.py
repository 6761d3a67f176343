"""Models as a job sees them: behind a URL, or a function of Python."""
