"""Containers for processing jobs: the engines that run them, and what goes in and out."""
