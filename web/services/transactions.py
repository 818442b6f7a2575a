"""A use case's transaction: all of it or nothing."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from web.database import writing
from web.models import db


@contextmanager
def transaction() -> Iterator[Session]:
    """Open one writing transaction, commit it at the end, roll all of it back on any error.

    Inside another one it joins that one, so that services can be composed.
    """
    session = db.session()
    if writing.get():
        yield session
        return
    if session.in_transaction():
        # What was read so far belongs to a reading transaction, which must not become a writing one.
        session.commit()
    mark = writing.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        writing.reset(mark)
