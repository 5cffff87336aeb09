"""`python -m reconciler.simulator [PORT]`: the sample tenant until Ctrl-C; base URL and token on stdout."""

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from . import serve


def _announce(path: Path) -> None:
    while not path.exists():
        time.sleep(0.02)
    print(json.dumps(json.loads(path.read_text("utf-8"))), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        threading.Thread(target=_announce, args=(ready,), daemon=True).start()
        sys.exit(serve(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0, ready_file=ready))
