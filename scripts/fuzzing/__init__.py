"""The long run of the targets in tests/fuzz: `scripts/fuzz`."""
