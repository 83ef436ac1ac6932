"""One verb a file: wires the stages, holds no logic."""
