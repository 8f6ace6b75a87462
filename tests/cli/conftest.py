"""The command line, called in this process."""

import sys

import pytest

from fitscope.cli import main as cli


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command line in this process: exit status, standard output, standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["fitscope", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run
