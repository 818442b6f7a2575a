"""Saputnik's web application: thin views over use cases over rows."""
from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from web.settings import Settings


def _modules(package: ModuleType) -> list[ModuleType]:
    return [importlib.import_module(f"{package.__name__}.{found.name}")
            for found in pkgutil.iter_modules(package.__path__)]


def create_app(settings: Settings) -> Flask:
    """Build the application from `settings` alone; two calls give two independent applications."""
    # Imported here so that `import web.settings` stays light for tools that only read settings.
    from web import cli, views
    from web.addresses import RowId
    from web.database import init_database
    from web.i18n import init_i18n
    from web.i18n.digits import init_digits
    from web.security import init_security
    from web.sessions import init_sessions

    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)
    app.config["MAX_CONTENT_LENGTH"] = settings.import_max_bytes + 100_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 2_000_000
    app.url_map.converters["int"] = RowId
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)
    init_database(app, settings.database_url)
    init_i18n(app)
    init_digits(app)
    init_sessions(app)
    init_security(app)
    for module in _modules(views):
        app.register_blueprint(module.blueprint)
    for module in _modules(cli):
        for command in module.commands:
            app.cli.add_command(command)
    return app
