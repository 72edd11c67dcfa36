"""``eduplan serve``: the release in force, on this machine's own address.

Belongs here: port, signals, what the terminal says. Does not belong here: which file answers what
(``eduplan.release.serving``).
"""

from __future__ import annotations

import signal
import socket
from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.errors import EnvironmentFault

HOST = "127.0.0.1"
PORT = 8080
STOP_SECONDS = 3
BACKLOG = 128


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "serve")
    def serve(
        session: Session,
        port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = PORT,
        release: Annotated[
            str | None, typer.Option(help="Id of the release to serve; the one in force by default.")
        ] = None,
    ) -> None:
        """Serves the site, the database and the Parquet files of the release in force on this machine; Ctrl-C stops."""
        from eduplan.release.serving import Releases, application

        releases = Releases(session.open_project(), release)
        served = releases.served()
        listening = _listen(port)

        import uvicorn

        server = uvicorn.Server(
            uvicorn.Config(
                application(releases),
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        follows = "stays at this release" if release else "a new release shows as soon as it is published"
        if not served.has_site:
            session.err.print(
                "This release has no site, only data; publish again for the pages: eduplan run", style="yellow"
            )
        session.out.print(
            f"Release {served.release_id} is at http://{HOST}:{port}/ ({follows}). Ctrl-C stops.", markup=False
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a service manager ends it as Ctrl-C does
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            pass
        finally:
            listening.close()
        session.out.print("Stopped.")


def _listen(port: int) -> socket.socket:
    """A socket on the loopback address.

    Raises:
        EnvironmentFault: The port cannot be had.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(BACKLOG)  # from here on requests wait instead of being refused, and nobody else gets the port
    except PermissionError as error:
        listening.close()
        raise EnvironmentFault(
            "the system keeps this port for itself", where=f"{HOST}:{port}", remedy="choose one above 1023 with --port"
        ) from error
    except OSError as error:
        listening.close()
        raise EnvironmentFault(
            "the port is taken", where=f"{HOST}:{port}", remedy="stop what uses it, or choose another with --port"
        ) from error
    return listening
