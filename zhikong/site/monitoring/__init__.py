"""What an administrator's tools see of a running installation: is it ready, its numbers, its log lines."""
