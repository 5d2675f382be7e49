"""The PBX beside us: where an Asterisk comes from, how it is configured, started and stopped, and told who is on duty."""
