"""Verdicts on logs as a page in one file, as a study has one."""
