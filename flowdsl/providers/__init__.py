"""Models behind one port: `base` is the port, each other file an adapter."""
