"""The application object for a WSGI server: `gunicorn wsgi:app`."""
from web import create_app
from web.settings import load_settings

app = create_app(load_settings())
