"""`python -m web.demo`: load the demonstration office, then serve it with its worker and its mailbox."""
from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.serving import make_server

from web import create_app
from web.demo.mailbox import mailbox_app, start_mail_server
from web.demo.office import COORDINATOR, PASSWORD, load
from web.settings import load_settings

CONFIG = """\
[site]
public_url = "http://localhost:{port}"
database_url = "sqlite:///{database}"

[mail]
host = "127.0.0.1"
port = {smtp}
security = "none"
per_minute = 600

[solver]
time_limit_seconds = 30

[mailbox]
url = "http://localhost:{mailbox}"
"""


def _port(wanted: int) -> int:
    """The wanted port, or a free one where somebody else listens there."""
    for port in (wanted, 0):
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SystemExit("This machine has no free port.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m web.demo", description="Serve an invented office.")
    parser.add_argument("--port", type=int, default=8000,
                        help="where the application listens, if it can (8000)")
    parser.add_argument("--mailbox-port", type=int, default=8001,
                        help="where the mailbox page listens, if it can (8001)")
    parser.add_argument("--smtp-port", type=int, default=8025, help="where mails are taken, if it can (8025)")
    parser.add_argument("--folder", type=Path, default=Path("instance/demo"),
                        help="where the demonstration keeps its data; emptied at every start")
    return parser.parse_args()


def _serve(environment: dict[str, str], port: int) -> list[subprocess.Popen[bytes]]:
    commands = (
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "2", "--threads", "8",
         "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "wsgi:app"],
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
    )
    return [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603


def main() -> int:
    """Run until Ctrl-C; return the exit status."""
    arguments = _arguments()
    ports = [_port(wanted) for wanted in (arguments.port, arguments.mailbox_port, arguments.smtp_port)]
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = folder / "demo.toml"
    config.write_text(CONFIG.format(port=ports[0], mailbox=ports[1], smtp=ports[2],
                                    database=folder / "demo.db"), encoding="utf-8")
    environment = {**os.environ, "SAPUTNIK_CONFIG": str(config),
                   "SAPUTNIK_SECRET_KEY": secrets.token_urlsafe(48)}
    home = f"http://localhost:{ports[0]}"
    mail_server = start_mail_server(folder / "mail", host="127.0.0.1", port=ports[2])
    mailbox = make_server("127.0.0.1", ports[1], mailbox_app(folder / "mail", home=home), threaded=True)
    threading.Thread(target=mailbox.serve_forever, daemon=True).start()
    print("Loading the office, solving and publishing its first round …", flush=True)  # noqa: T201
    app = create_app(load_settings(environment))
    with app.app_context():
        load(now=datetime.now(UTC))
    # A stop asked for by the system ends the server and the worker as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes = _serve(environment, ports[0])
    print(f"\n  Saputnik    {home}\n  sign in as  {COORDINATOR}\n  password    {PASSWORD}\n"  # noqa: T201
          f"  mailbox     http://localhost:{ports[1]}\n\n  Ctrl-C ends the demonstration.\n", flush=True)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        print("The server or the worker has ended; see its words above.", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
        mailbox.shutdown()
        mail_server.stop()


if __name__ == "__main__":
    sys.exit(main())
