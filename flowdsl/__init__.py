"""Typed pipelines of model calls, written as Python functions."""
