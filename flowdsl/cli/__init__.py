"""The command line; printing happens only here."""
