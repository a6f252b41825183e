"""Pipelines that write for readers."""
