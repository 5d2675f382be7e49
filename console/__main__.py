"""`python -m console` is `dutyline`."""

from console.cli import main

main()
