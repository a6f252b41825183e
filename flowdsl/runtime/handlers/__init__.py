"""How each kind of node is run: one maker of ops a kind, in `runtime.compiler`'s table."""
