"""Who solves parts of a round: processes of this machine, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from matcher.errors import BadRound, Fault

# Seconds to reach a cluster, and how often a part is given to another worker when one is killed.
_REACH, _RETRIES = 10, 3


@contextmanager
def executor(workers: int, cluster: str | None = None) -> Iterator[Executor | None]:
    """Return who solves parts; None is this process. Processes start with the first part, if there is any.

    Parameters
    ----------
    cluster
        The address of a Dask scheduler, like tcp://127.0.0.1:8786. Its workers need this program, too.

    Raises
    ------
    BadRound
        The cluster cannot be reached, or Dask is not installed.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            yield found
    elif workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        import distributed
    except ImportError:
        raise BadRound([Fault("--dask", "needs Dask", "install saputnik[dask]")]) from None
    # Dask's own types are incomplete.
    connect: Any = distributed.Client
    try:
        _check(address)
        client = connect(address, timeout=_REACH, set_as_default=False)
    except (OSError, ValueError) as error:
        told = f"cannot reach {address}: {error}"
        raise BadRound([Fault("--dask", told, "give the address of a running scheduler")]) from None
    with client:
        # Not pure: Dask would keep the answers of functions that it has seen.
        yield client.get_executor(pure=False, retries=_RETRIES)


def _check(address: str) -> None:
    """Refuse what is no address with a ValueError: a client of Dask's that fails over it ends noisily."""
    from distributed.comm.addressing import get_address_host_port
    from distributed.security import Security

    security: Any = Security
    get_address_host_port(address)
    if address.startswith("tls:") and security().get_connection_args("client")["ssl_context"] is None:
        raise ValueError("Dask's configuration names no certificates for TLS")
