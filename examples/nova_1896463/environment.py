"""An environment with Nova 34.0.0 and Racewright in it, made once, and commands run in it."""

import os
import subprocess
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path

NOVA = "34.0.0"
TEST = "nova.tests.functional.regressions.test_bug_1896463"
PACKAGES = f"""
    nova=={NOVA} openstack-placement==16.0.0 stestr testtools testscenarios oslotest ddt
    wsgi-intercept requests-mock fixtures testresources gabbi psycopg2-binary PyMySQL
""".split()
HERE = Path(__file__).resolve().parent
RACEWRIGHT = HERE.parents[1]


@dataclass(frozen=True)
class Environment:
    """Where everything is: the environment itself, and Nova's source tree, which its tests need."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    @property
    def tests(self) -> Path:
        return self.folder / "tests"

    @property
    def source(self) -> Path:
        return self.folder / f"nova-{NOVA}"

    def run(self, *arguments: str, is_eventlet: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run its Python in the root of Nova's source tree, with Nova's threads native ones, or
        eventlet's."""
        environment = {
            **os.environ,
            "OS_NOVA_DISABLE_EVENTLET_PATCHING": str(not is_eventlet),
            "PYTHONPATH": os.pathsep.join(map(str, (self.tests, self.source))),
        }
        return subprocess.run(
            [str(self.python), *arguments],
            cwd=self.source,
            env=environment,
            capture_output=True,
            text=True,
        )


def set_up(folder: Path) -> Environment:
    """Make the environment in ``folder``, where it is not there yet (about a minute)."""
    environment = Environment(folder.resolve())
    folder = environment.folder
    pip = [environment.python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    done = folder / "installed"
    if not done.exists():
        venv.create(folder / "env", with_pip=True)
        constraints = ["--constraint", HERE / "constraints.txt"]
        subprocess.run([*pip, "install", *constraints, *PACKAGES], check=True)
        download = ["download", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, *download, "--dest", folder, f"nova=={NOVA}"], check=True)
        with tarfile.open(folder / f"nova-{NOVA}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        done.touch()
    subprocess.run([*pip, "install", RACEWRIGHT], check=True)
    environment.tests.mkdir(exist_ok=True)
    return environment
