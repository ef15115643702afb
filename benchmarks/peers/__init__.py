"""The same job, done on what people would pick instead: see run.py. `programs/` runs in an environment of its own."""
