"""The bulletin of a release: what the plan office reads and publishes, as PDF and as a workbook."""
