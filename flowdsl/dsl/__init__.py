"""The language: decorated functions that build a graph when a pipeline calls them."""
