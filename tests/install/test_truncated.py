"""A download that was cut short runs nothing, wherever the cut is."""

from pathlib import Path

import pytest

from install.door import SCRIPT, Machine
from support.programs import debian

SHELLS = {"dash": "dash", "bash": "bash", "busybox": "busybox-static", "zsh": "zsh", "ksh": "ksh"}
SCRIPT_TEXT = SCRIPT.read_text()
# Through the whole text with a stride that meets no rhythm of it, and every byte of its end.
CUTS = [*range(0, len(SCRIPT_TEXT), 397), *range(len(SCRIPT_TEXT) - 80, len(SCRIPT_TEXT) - 1)]


@pytest.mark.parametrize("shell", SHELLS)
def test_cut(bare: Machine, tmp_path: Path, shell: str) -> None:
    """No command runs and no file appears; the whole text does act, which shows that this test can fail."""
    ran = tmp_path / "ran"
    for tool in list(bare.tools.iterdir()):
        bare.add_script(tool.name, f'echo {tool.name} >>"{ran}"; exit 1')
    command = [str(debian(shell, SHELLS[shell])), *(["sh"] if shell == "busybox" else [])]
    if shell == "busybox":
        # Its applets come before PATH.
        command = ["/usr/bin/env", "-i", f"HOME={bare.home}", f"PATH={bare.tools}", *command]
    script = tmp_path / "cut.sh"
    for cut in CUTS:
        script.write_text(SCRIPT_TEXT[:cut])
        result = bare.run("--uninstall", shell=command, script=script, piped=True)
        assert result.stdout == ""
        assert not ran.exists(), (cut, SCRIPT_TEXT[:cut][-40:], ran.read_text())
        assert "install.sh:" not in result.stderr.replace("cut.sh", ""), cut
        assert "nothing to remove" not in result.stderr, cut
        assert bare.tree() == {}
    script.write_text(SCRIPT_TEXT)
    assert bare.run("--uninstall", shell=command, script=script, piped=True).stderr
