"""The subcommands, one file per subject; each is loaded when it is run."""
