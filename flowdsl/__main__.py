"""`python -m flowdsl` is `flowdsl`."""

from flowdsl.cli.app import main

main()
