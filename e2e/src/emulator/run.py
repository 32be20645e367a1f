# Runs MiniStack until standard input ends, which it does when the process that started this one
# is gone, however it went. Whatever MiniStack has started goes with it: all are of one process
# group. What it writes to temporary files is removed at the end.
import os
import shutil
import signal
import sys
import tempfile
import threading

folder = tempfile.mkdtemp(prefix="trailalerts-e2e-")
os.environ["TMPDIR"] = folder
tempfile.tempdir = folder


def end():
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def watch():
    while os.read(0, 4096):
        pass
    end()


assert os.getpgid(0) == os.getpid(), "not in a process group of its own"
threading.Thread(target=watch, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main  # noqa: E402

try:
    main()
finally:
    end()
