"""Ready pipelines, each useful without a model."""
