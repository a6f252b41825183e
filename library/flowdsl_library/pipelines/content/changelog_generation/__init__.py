"""A real git repository in, a changelog out, every commit accounted for exactly once."""
