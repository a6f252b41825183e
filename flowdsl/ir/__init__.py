"""What a pipeline is: frozen data, no input or output."""
