"""The PBX beside us: where an Asterisk comes from, how it is configured and run, and told who is on duty."""
