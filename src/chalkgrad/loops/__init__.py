"""Loops as one node: a recurrent layer is its step, run as many times as there are inputs."""
