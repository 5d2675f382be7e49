"""The PBX and the voice."""
