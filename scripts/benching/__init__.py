"""What `scripts/bench` runs: a library, a server for it, and a module for each thing that is measured."""
