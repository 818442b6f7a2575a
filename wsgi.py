"""The application object for a WSGI server: `gunicorn wsgi:app`; `flask` finds it here too."""
import os
import sys

from web import create_app
from web.models import db
from web.schema import WrongSchemaError, require_newest
from web.settings import SettingsError, load_settings

try:
    app = create_app(load_settings())
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # commands check for themselves; one of them upgrades
        with app.app_context():
            require_newest(db.engine)
            db.engine.dispose()  # a server may fork from here, and no two processes may share a connection
except (SettingsError, WrongSchemaError) as error:
    sys.stderr.write(f"Saputnik cannot start. {error}\n")
    sys.exit(3)  # gunicorn's own code for "failed to boot": it stops instead of trying for ever
