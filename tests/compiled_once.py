"""Statements and pages of tests: what one test's database or desk compiled, the next test's finds.

A program compiles a statement and a template once and uses them a thousand times. A test has a database and a desk of
its own, uses each once or twice, and would spend more on compiling than on asking. Only words are shared: what they
are asked with, and what comes back, is each test's own.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.util import LRUCache

from pipeline.catalogue import engines
from pipeline.web import templating

_STATEMENTS = 2000


class _OfAnyEngine(LRUCache[Any, Any]):
    """What engines of one kind compiled: the first part of a key is the engine's dialect, and they are alike."""

    def get(self, key: tuple[Hashable, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Hashable, ...], value: Any) -> None:
        super().__setitem__(key[1:], value)


class _Pages(BytecodeCache):
    """What desks compiled: by a template's place and its text."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code


class CompiledOnce:
    """What was compiled so far: statements for each of the two databases, and pages."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_OfAnyEngine, WeakKeyDictionary[Any, Any]]] = {}
        self._pages = _Pages()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """From here on a new engine and a new desk know what those before them compiled."""
        of_pages = partial(Environment, bytecode_cache=self._pages)
        with patch.object(engines, "create_engine", self._made), patch.object(templating, "Environment", of_pages):
            yield

    def _made(self, url: URL, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        new = (_OfAnyEngine(_STATEMENTS), WeakKeyDictionary[Any, Any]())
        statements, types = self._known.setdefault(engine.dialect.name, new)
        engine._compiled_cache = statements
        engine.dialect._type_memos = types
        return engine
