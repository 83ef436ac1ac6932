"""The only module that reads the machine, writes files or runs commands."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from installer.errors import InstallerError

if TYPE_CHECKING:
    import subprocess

Kind = Literal["absent", "file", "directory", "symlink", "other"]

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


class Entry(NamedTuple):
    """What stands at a path: `content` of a file, `target` of a symbolic link, permission bits in `mode`."""

    kind: Kind
    mode: int = 0
    content: bytes = b""
    target: str = ""


ABSENT = Entry("absent")


class Completed(NamedTuple):
    """A finished command; `code` is None where it ran out of time or could not be started."""

    code: int | None
    stdout: str
    stderr: str


class RealSystem:
    """The machine itself, as the user who runs the program."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)

    def look(self, path: Path) -> Entry:
        """Return what stands at `path` without following a link there. Raise InstallerError if it cannot be read."""
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                return Entry("symlink", 0o777, target=os.readlink(path))
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISDIR(status.st_mode):
                return Entry("directory", mode)
            if stat.S_ISREG(status.st_mode):
                return Entry("file", mode, content=path.read_bytes())
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            if error.errno == errno.ENOTDIR:
                return ABSENT
            raise disk_error(error, path) from error
        return Entry("other", mode)

    def look_through(self, path: Path) -> Entry:
        """Return what stands at `path`, through links. Raise InstallerError if it cannot be read."""
        entry = self.look(path)
        return self.look(path.resolve()) if entry.kind == "symlink" and path.exists() else entry

    def look_folder(self, path: Path) -> Entry:
        """Return what stands at `path`; a link to a folder counts as that folder."""
        entry = self.look(path)
        if entry.kind == "symlink" and path.is_dir():
            return Entry("directory", stat.S_IMODE(path.stat().st_mode))
        return entry

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder, sorted; empty if there is no such folder or it may not be read."""
        try:
            return sorted(os.listdir(folder))
        except OSError:
            return []

    def owner(self, path: Path) -> int | None:
        """Return the user id that owns `path`, through links; None if there is nothing."""
        try:
            return os.stat(path).st_uid
        except OSError:
            return None

    def which(self, name: str) -> Path | None:
        """Return where PATH finds a command, or None."""
        found = shutil.which(name, path=self.environ.get("PATH", os.defpath))
        return Path(found) if found else None

    def make_directory(self, path: Path, mode: int | None) -> None:
        """Create one folder with exactly this mode; None leaves the mode to the umask."""
        if mode is None:
            os.mkdir(path)
            return
        os.mkdir(path, mode)
        os.chmod(path, mode)

    def write_new(self, path: Path, content: bytes, mode: int) -> None:
        """Create a file that was not there: the mode is set before the content arrives, which is then on disk."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)

    def link_new(self, path: Path, target: str) -> None:
        """Create a symbolic link that was not there."""
        os.symlink(target, path)

    def rename(self, source: Path, destination: Path) -> None:
        """Put `source` in the place of `destination` in one step."""
        os.replace(source, destination)

    def set_mode(self, path: Path, mode: int) -> None:
        """Set the permission bits."""
        os.chmod(path, mode)

    def remove(self, path: Path) -> None:
        """Remove a file or link; nothing there is fine, on a read-only disk too, where unlink would complain first."""
        if os.path.lexists(path):
            path.unlink(missing_ok=True)

    def remove_directory(self, path: Path) -> bool:
        """Remove a folder if it is empty and no mount point; tell whether it is gone."""
        try:
            os.rmdir(path)
        except FileNotFoundError:
            return True
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
                raise
            return False
        return True

    def remove_tree(self, path: Path) -> None:
        """Remove a folder of ours with all that is in it; nothing there is fine."""
        shutil.rmtree(path, ignore_errors=True)

    def run(
        self,
        command: Sequence[str],
        seconds: float,
        stdin: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run a command with a time limit; never raises for what the command does."""
        import subprocess

        try:
            done = subprocess.run(
                list(command),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                env=dict(environ or self.environ),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Completed(None, "", f"{command[0]} did not finish within {seconds:g} s")
        except OSError as error:
            return Completed(None, "", f"{command[0]}: {error.strerror}")
        return Completed(done.returncode, done.stdout, done.stderr)

    def start(
        self, command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        """Start a command in its own process group, its output in `log`. Raise OSError if it cannot start."""
        import subprocess

        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            return subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    def end(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        """End a started command and all that it started: asked first, killed after so many seconds."""
        import signal
        import subprocess

        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        process.wait()


class DryRunSystem(RealSystem):
    """A machine that may only be looked at: `plan`, `status` and `--check` cannot change it, not even by mistake."""

    def _refuse(self, *_: object, **__: object) -> None:
        raise AssertionError("a read-only run tried to change the machine; nothing was changed")

    make_directory = write_new = link_new = rename = set_mode = remove = _refuse
    remove_tree = _refuse
    remove_directory = _refuse  # type: ignore[assignment]
    run = _refuse  # type: ignore[assignment]
    start = _refuse  # type: ignore[assignment]


def disk_error(error: OSError, path: Path) -> InstallerError:
    """Return the error a user can act on for a failed file operation, at `path` where it names none itself."""
    hints = {
        errno.EACCES: "give yourself write permission there, or choose another folder",
        errno.EPERM: "give yourself write permission there, or choose another folder",
        errno.EROFS: "the file system is mounted read-only: remount it, or move your home",
        errno.ENOSPC: "make room on that disk and run the same command again",
        errno.EDQUOT: "your disk quota is used up: make room and run the same command again",
        errno.ENOTDIR: "a file stands where a folder is needed: move it away",
        errno.EEXIST: "something else created it meanwhile: run the same command again",
    }
    reason = error.strerror or str(error)
    return InstallerError("disk", f"{error.filename or path}: {reason}", hints.get(error.errno or 0, ""))
