"""Parts of tests/bench/burn."""
