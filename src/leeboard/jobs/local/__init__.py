"""Programs of this machine that stand for container images in processing jobs."""
