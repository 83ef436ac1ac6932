"""Real servers and programs that the tests run against."""
