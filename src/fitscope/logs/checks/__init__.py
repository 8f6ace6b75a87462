"""What else a log tells, beside its verdict: checks with codes from FS201 on."""
