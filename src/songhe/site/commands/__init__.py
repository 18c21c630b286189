"""The verbs of `songhe`, one module each: `GROUP`, `arguments(parser)`, `run(options)`."""
