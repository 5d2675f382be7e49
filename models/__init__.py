"""What the room knows and the rules it lives by. Imports nothing of ours."""
