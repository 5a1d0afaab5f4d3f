"""Statements as a database takes them: compiled once for their shape, and filled with values.

Compiling costs more than most statements take to run, and SQLAlchemy's own execution costs more
than both: so the compiled form is kept, and the drivers are called directly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from data.session import Shape

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Ready:
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
        self._shapes: dict[SQLCompiler, Shape] = {}

    def ready(self, statement: Executable, parameters: Parameters) -> Ready:
        """Compile a statement, if none of its shape was, and put its values in order."""
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
    named = compiled.construct_params(
        given or None,
        extracted_parameters=extracted,
        escape_names=False,
        _collected_params=collected,
    )
    for column in compiled.insert_prefetch:
        default: Any = column.default
        name = compiled._within_exec_param_key_getter(column)  # noqa: SLF001  # pyright: ignore
        named[name] = default.arg if default.is_scalar else default.arg(None)
    processors = cast("dict[str, Any]", compiled._bind_processors)  # noqa: SLF001  # pyright: ignore
    if compiled.literal_execute_params or compiled.post_compile_params:
        state = compiled._process_parameters_for_postcompile(named)  # noqa: SLF001  # pyright: ignore
        sql, order = state.statement, state.positiontup
        named = {**named, **state.additional_parameters}
        processors = {**processors, **cast("dict[str, Any]", state.processors)}
    else:
        sql, order = compiled.string, compiled.positiontup
    values: list[Any] = []
    for name in order or ():
        process = processors.get(name)
        values.append(named[name] if process is None else process(named[name]))
    return sql, values
