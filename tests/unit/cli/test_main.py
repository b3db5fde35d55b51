"""The command without a PATH."""

from __future__ import annotations

import runpy
import sys

import pytest


@pytest.mark.parametrize(("word", "code"), [("--version", 0), ("nonsense", 2)])
def test_the_package_itself_is_the_command(
    word: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["aggregator", word])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("aggregator", run_name="__main__", alter_sys=True)
    assert stopped.value.code == code
    assert "aggregator" in "".join(capsys.readouterr())
