"""Coverage-guided fuzzing of what reads other people's bytes (atheris, libFuzzer).

seeds      small documents of every kind to begin with, and the words that formats are made of
target     the process that is fuzzed: bytes → reading; what is not a clear refusal is a find
measuring  `python -m bench fuzz`
"""
