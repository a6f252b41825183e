"""How graphs are run: a plan is compiled once, frames are activations of it, workers take what is ready."""
