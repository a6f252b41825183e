"""The legacy YAML dialect: read it, write it, say what is lost."""
