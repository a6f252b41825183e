"""One package a category, one package a pipeline."""
