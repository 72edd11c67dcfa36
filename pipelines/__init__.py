"""When it runs: definitions, jobs, the nightly schedule and the sensors."""
