"""The engine: resources, plan, diff, apply, state, journal. It knows no role."""
