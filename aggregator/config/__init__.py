"""YAML files and the environment → a Newsroom and Settings."""
