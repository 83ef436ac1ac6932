"""Configuration: YAML with places, profiles that extend each other, precedence, validation, saved answers."""
