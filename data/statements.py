"""Statements as a database takes them: compiled once for their shape, and filled with values.

Building a statement, finding its compiled form and SQLAlchemy's own execution each cost more than
most statements take to run. So the compiled form is kept, the drivers are called directly, and a
statement that is given as a lambda is built once and only filled after that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Dialect, Executable, bindparam
from sqlalchemy.sql.compiler import SQLCompiler

from data.rows import Shape

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


def given(name: str, type_: Any = None) -> Any:
    """Return an open parameter of a statement that is built once.

    Not by the column's own name, which SQLAlchemy keeps for itself where the column is set.
    """
    return bindparam(f"given_{name}", type_=type_)


class Prepared:
    """A statement that was built once, with :func:`given` parameters of these names, in order."""

    __slots__ = ("names", "statement")

    def __init__(self, statement: Executable, names: Sequence[str]) -> None:
        self.statement = statement
        self.names = tuple(f"given_{name}" for name in names)

    def filled(self, *values: Any) -> Filled:
        """Return it with values for its parameters, in order."""
        return Filled(self, (values,))


class Filled(Struct, frozen=True):
    """A prepared statement with values for its parameters, in order; once or several times."""

    prepared: Prepared
    rows: Sequence[tuple[Any, ...]]


def filled(make: Callable[[], Executable]) -> Filled:
    """Return the statement that a lambda builds, with the values that it takes from around it.

    It is built once for each place in the code, with an open parameter for each of those values.
    So they may be compared, set, listed in ``in_()`` and counted by, and nothing else: it cannot
    decide by them, and None is compared as NULL is, which equals nothing.
    """
    code, cells = make.__code__, make.__closure__ or ()
    # By its identity: equal code in another module builds something else.
    found = _PREPARED.get(id(code))
    if found is None:
        names = code.co_freevars
        open_cells = tuple(CellType(given(name)) for name in names)
        build = FunctionType(code, make.__globals__, closure=open_cells)
        found = _PREPARED[id(code)] = (Prepared(build(), names), code)
    return Filled(found[0], (tuple(cell.cell_contents for cell in cells),))


_PREPARED: dict[int, tuple[Prepared, CodeType]] = {}
"""What was built, by the id of its code, which is kept so that the id stays its own."""


class Ready(Struct, frozen=True):
    """A statement's text, and one or several sets of values, in the order of the text."""

    compiled: SQLCompiler
    sql: str
    values: Sequence[Sequence[Any]]
    many: bool


class Statements:
    """What has been compiled for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: dict[Any, Any] = {}
        self._forms: dict[Prepared, _Form] = {}
        self._shapes: dict[SQLCompiler, Shape] = {}

    def ready(self, statement: Executable | Filled, parameters: Parameters) -> Ready:
        """Compile a statement, if none of its shape was, and put its values in order."""
        if isinstance(statement, Filled):
            form = self._forms.get(statement.prepared)
            if form is None:
                form = self._forms[statement.prepared] = _Form(statement.prepared, self._dialect)
            return form.ready(statement.rows)
        if parameters is None:
            given: Sequence[Mapping[str, Any]] = ()
        elif isinstance(parameters, Mapping):
            given = (parameters,)
        else:
            given = parameters
        many = len(given) > 1
        compiled, extracted, collected, _ = statement._compile_w_cache(  # noqa: SLF001  # pyright: ignore
            self._dialect,
            compiled_cache=self._compiled,
            column_keys=sorted(given[0]) if given else [],
            for_executemany=many,
        )
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what a statement compiles to
        values: list[Sequence[Any]] = []
        sql = ""
        for one in given or ({},):
            sql, row = _bound(compiled, one, extracted, collected)
            values.append(row)
        return Ready(compiled, sql, values, many)

    def shape(self, compiled: SQLCompiler, names: tuple[str, ...]) -> Shape:
        """Return what a statement's rows are like: worked out once for each compiled statement.

        ``names`` are the columns' as the database gave them, for a statement that names none.
        """
        shape = self._shapes.get(compiled)
        if shape is None:
            columns = compiled._result_columns  # noqa: SLF001  # pyright: ignore
            if columns:
                shape = Shape(
                    tuple(str(column.keyname) for column in columns),
                    tuple(
                        column.type._cached_result_processor(self._dialect, None)  # noqa: SLF001  # pyright: ignore
                        for column in columns
                    ),
                )
            else:
                shape = Shape(names, (None,) * len(names))
            self._shapes[compiled] = shape
        return shape


class _Form:
    """A prepared statement as one dialect has it."""

    def __init__(self, one: Prepared, dialect: Dialect) -> None:
        self._names = one.names
        compile_for = cast("Callable[..., SQLCompiler]", one.statement.compile)  # pyright: ignore
        self._compiled = compile_for(dialect=dialect)
        named, changing = _named(self._compiled, dict.fromkeys(one.names), None, None)
        lists = {bind.key for bind in self._compiled.post_compile_params if bind.expanding}
        # Lists of other lengths are other texts.
        self._changing = changing or not lists.isdisjoint(one.names)
        if not self._changing:
            self._sql, order, named, processors = _text(self._compiled, named)
            self._slots: list[tuple[int, Callable[[Any], Any] | None, Any]] = []
            for name in order:
                process = processors.get(name)
                if name in one.names:
                    self._slots.append((one.names.index(name), process, None))
                else:
                    same = named[name] if process is None else process(named[name])
                    self._slots.append((-1, None, same))

    def ready(self, rows: Sequence[Sequence[Any]]) -> Ready:
        """Return the text, and these values in its order."""
        if self._changing:
            sql, values = "", list[Sequence[Any]]()
            for row in rows:
                filled = dict(zip(self._names, row, strict=True))
                sql, bound = _bound(self._compiled, filled, None, None)
                values.append(bound)
            return Ready(self._compiled, sql, values, len(rows) > 1)
        return Ready(
            self._compiled,
            self._sql,
            [
                [
                    same if at < 0 else (row[at] if process is None else process(row[at]))
                    for at, process, same in self._slots
                ]
                for row in rows
            ],
            len(rows) > 1,
        )


def _bound(
    compiled: SQLCompiler,
    given: Mapping[str, Any],
    extracted: Any,
    collected: Any,
) -> tuple[str, Sequence[Any]]:
    """Return a compiled statement's text and its values, in order, as the database takes them.

    ``extracted`` are the values of this statement, where the compiled one was made of another of
    the same shape. Lists become as many placeholders as they hold.
    """
    named, _ = _named(compiled, given, extracted, collected)
    sql, order, named, processors = _text(compiled, named)
    values: list[Any] = []
    for name in order:
        process = processors.get(name)
        values.append(named[name] if process is None else process(named[name]))
    return sql, values


def _named(
    compiled: SQLCompiler, given: Mapping[str, Any], extracted: Any, collected: Any
) -> tuple[dict[str, Any], bool]:
    """Return a statement's values by name, and whether a default among them is worked out."""
    named = dict(
        compiled.construct_params(
            given or None,
            extracted_parameters=extracted,
            escape_names=False,
            _collected_params=collected,
        )
    )
    worked_out = False
    for column in compiled.insert_prefetch:
        default: Any = column.default
        name = compiled._within_exec_param_key_getter(column)  # noqa: SLF001  # pyright: ignore
        named[name] = default.arg if default.is_scalar else default.arg(None)
        worked_out |= not default.is_scalar
    return named, worked_out


def _text(
    compiled: SQLCompiler, named: dict[str, Any]
) -> tuple[str, Sequence[str], dict[str, Any], Mapping[str, Callable[[Any], Any]]]:
    """Return the text for these values, the order of their names in it, and what converts them."""
    processors = cast("dict[str, Any]", compiled._bind_processors)  # noqa: SLF001  # pyright: ignore
    if not (compiled.literal_execute_params or compiled.post_compile_params):
        return compiled.string, compiled.positiontup or (), named, processors
    state = compiled._process_parameters_for_postcompile(named)  # noqa: SLF001  # pyright: ignore
    return (
        state.statement,
        state.positiontup or (),
        {**named, **state.additional_parameters},
        {**processors, **cast("dict[str, Any]", state.processors)},
    )
