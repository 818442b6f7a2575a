"""Spreadsheets: uploaded, looked over, corrected, brought in."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from web.i18n import gettext as _
from web.i18n import ngettext
from web.reading.words import remedy, say_note, say_option, say_question, what
from web.services import import_files, importing
from web.services.errors import InvalidInputError
from web.services.import_fields import CLIENTS, fields_of
from web.settings import Settings

blueprint = Blueprint("importing", __name__, url_prefix="/import")
PER_PAGE = 50


@blueprint.get("")
def start() -> str:
    """Ask for a file, and list those that wait."""
    return _start_page("")


@blueprint.post("")
def upload() -> tuple[str, int] | BaseResponse:
    """Take a file in."""
    settings: Settings = current_app.config["SETTINGS"]
    uploaded = request.files.get("file")
    if uploaded is None or not uploaded.filename:
        return _start_page(_("Choose a file.")), 422
    try:
        file = import_files.upload(
            content=uploaded.stream.read(settings.import_max_bytes + 1),
            filename=uploaded.filename,
            kind=request.form.get("kind", ""),
            max_bytes=settings.import_max_bytes,
            max_rows=settings.import_max_rows,
            now=g.now,
        )
    except InvalidInputError as error:
        return _start_page(error.faults.get("file", str(error))), 422
    return redirect(url_for("importing.columns", file_id=file.id), 303)


@blueprint.get("/<int:file_id>/columns")
def columns(file_id: int) -> str:
    """Show the file's columns and what each is taken for."""
    file = import_files.get_file(file_id)
    return _columns_page(file_id, {int(column): name for column, name in file.mapping.items()}, {})


@blueprint.post("/<int:file_id>/columns")
def choose_columns(file_id: int) -> tuple[str, int] | BaseResponse:
    """Take what each column is."""
    mapping = {
        int(name[7:]): field
        for name, field in request.form.items()
        if name.startswith("column-") and name[7:].isdigit() and len(name) < 12
    }
    try:
        import_files.choose_columns(file_id=file_id, mapping=mapping)
    except InvalidInputError as error:
        return _columns_page(file_id, mapping, error.faults), 422
    return redirect(url_for("importing.show", file_id=file_id), 303)


@blueprint.post("/<int:file_id>/table")
def choose_table(file_id: int) -> BaseResponse:
    """Take what the file is about, its sheet and its header row."""
    try:
        import_files.choose_table(
            file_id=file_id,
            kind=request.form.get("kind", ""),
            sheet=request.form.get("sheet", 0, type=int),
            header=request.form.get("header", 0, type=int),
        )
    except InvalidInputError as error:
        flash(str(error), "bad")
    return redirect(url_for("importing.columns", file_id=file_id), 303)


@blueprint.get("/<int:file_id>")
def show(file_id: int) -> str | BaseResponse:
    """Show what the file would do."""
    if import_files.get_file(file_id).state == "mapping":
        return redirect(url_for("importing.columns", file_id=file_id), 303)
    return _preview_page(file_id, {})


@blueprint.post("/<int:file_id>/answers")
def answer(file_id: int) -> tuple[str, int] | BaseResponse:
    """Take answers to questions."""
    form = request.form
    keys = {
        number: form.get(f"key-{number}", "")
        for number in range(form.get("questions", 0, type=int))
        if number < 2000
    }
    try:
        count = importing.answer(
            file_id=file_id,
            answers={key: form.get(f"answer-{number}", "") for number, key in keys.items()},
            own={key: form.get(f"own-{number}", "") for number, key in keys.items()},
        )
    except InvalidInputError as error:
        return _preview_page(file_id, error.faults), 422
    flash(
        ngettext(
            "%(num)s answer is taken; the file was checked again.",
            "%(num)s answers are taken; the file was checked again.",
            count,
        ),
        "info",
    )
    return _back(file_id)


@blueprint.post("/<int:file_id>/answers/again")
def ask_again(file_id: int) -> BaseResponse:
    """Take an answer back."""
    importing.take_back(file_id=file_id, key=request.form.get("key", ""))
    return _back(file_id)


@blueprint.post("/<int:file_id>/rows/<int:number>")
def correct(file_id: int, number: int) -> BaseResponse:
    """Take other texts for a row's cells."""
    import_files.correct_row(
        file_id=file_id,
        number=number,
        cells={
            int(name[5:]): text
            for name, text in request.form.items()
            if name.startswith("cell-") and name[5:].isdigit() and len(name) < 10
        },
    )
    flash(_("Row %(number)s is changed; the file was checked again.", number=number), "info")
    return _back(file_id, anchor=f"row-{number}")


@blueprint.post("/<int:file_id>/commit")
def commit(file_id: int) -> BaseResponse:
    """Bring in what is ready."""
    kind = import_files.get_file(file_id).kind
    done = importing.commit(file_id=file_id, user_id=g.user.id, now=g.now)
    flash(
        _(
            "Imported: %(added)s added, %(changed)s changed, %(unchanged)s unchanged.",
            added=done.added,
            changed=done.changed,
            unchanged=done.unchanged,
        ),
        "good",
    )
    if not done.waiting:
        return redirect("/clients" if kind == CLIENTS else "/assistants", 303)
    flash(
        ngettext(
            "%(num)s row still needs you. It is kept here for a day.",
            "%(num)s rows still need you. They are kept here for a day.",
            done.waiting,
        ),
        "info",
    )
    return redirect(url_for("importing.show", file_id=file_id), 303)


@blueprint.post("/<int:file_id>/discard")
def discard(file_id: int) -> BaseResponse:
    """Forget the file."""
    import_files.discard(file_id=file_id)
    flash(_("The file is forgotten. What was imported stays."), "info")
    return redirect(url_for("importing.start"), 303)


@blueprint.get("/<int:file_id>/faulty.csv")
def faulty(file_id: int) -> BaseResponse:
    """The rows that wait, for a spreadsheet program."""
    answer = Response(
        importing.faulty_csv(importing.preview(file_id)), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="rows-to-correct.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _back(file_id: int, anchor: str | None = None) -> BaseResponse:
    show = "all" if request.form.get("show") == "all" else None
    page = request.form.get("page", 1, type=int)
    return redirect(
        url_for(
            "importing.show", file_id=file_id, _anchor=anchor, show=show, page=page if page > 1 else None
        ),
        303,
    )


def _start_page(error: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "importing/start.html",
        error=error,
        files=import_files.files_under_way(),
        kind=request.form.get("kind", ""),
        megabytes=settings.import_max_bytes // 1_000_000,
        rows=settings.import_max_rows,
    )


def _columns_page(file_id: int, mapping: dict[int, str], faults: dict[str, str]) -> str:
    file = import_files.get_file(file_id)
    table = import_files.table_of(file)
    return render_template(
        "importing/columns.html",
        file=file,
        table=table,
        mapping=mapping,
        faults=faults,
        fields=[(field.name, _(field.label)) for field in fields_of(file.kind).values()],
        missing=[
            _(field.label)
            for field in fields_of(file.kind).values()
            if field.required
            and field.name not in mapping.values()
            and not (field.name == "name" and {"first_name", "last_name"} & set(mapping.values()))
        ],
    )


def _preview_page(file_id: int, faults: dict[str, str]) -> str:
    shown = importing.preview(file_id)
    rows = shown.checked.rows
    waiting = [row for row in rows if row.waits]
    everything = request.values.get("show") == "all" or not waiting
    listed = list(rows) if everything else waiting
    pages = max(1, -(-len(listed) // PER_PAGE))
    page = min(max(1, request.values.get("page", 1, type=int)), pages)
    return render_template(
        "importing/preview.html",
        shown=shown,
        file=shown.file,
        table=shown.table,
        counts=shown.checked.counts,
        rows=listed[(page - 1) * PER_PAGE : page * PER_PAGE],
        everything=everything,
        waiting=len(waiting),
        page=page,
        pages=pages,
        faults=faults,
        form=request.form,
        ready=len(shown.checked.ready),
        questions=list(shown.checked.questions.values()),
        answered=[
            (key, given) for key, given in shown.file.answers.items() if key in shown.checked.used_answers
        ],
        labels={field.name: _(field.label) for field in fields_of(shown.file.kind).values()},
        what=what,
        remedy=remedy,
        say_note=say_note,
        say_option=say_option,
        say_question=say_question,
        column_name=importing.column_name,
        takes_own_answer=importing.takes_own_answer,
    )
