"""Made-up values of any type that views take, so that each of them can be asked for what it would show."""

import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

NOW: Final = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
_LISTS: Final = (Sequence, Iterable, Collection, list)
_OTHER_COLLECTIONS: Final = (tuple, frozenset, set)


class CannotMakeError(TypeError):
    """Nothing is known of how a value of this type is made."""


class MadeUp:
    """Makes values: *full* with everything that may be there, else with as little as there can be.

    *special* has values by the name of a parameter or field, `Class.field` before `field`, where not any value will
    do; *whole* makes what is more than its parts, by its type.
    """

    def __init__(self, *, full: bool, special: Mapping[str, Any], whole: Mapping[Any, Callable[[], Any]]) -> None:
        self.full, self._special, self._whole = full, special, whole

    def of(self, wanted: Any, name: str, owner: str = "") -> Any:
        """Return a value of the type *wanted* for the parameter or field *name*; raises CannotMakeError."""
        for key in (f"{owner}.{name}", name):
            if key in self._special:
                return self._special[key]
        if wanted in self._whole:
            return self._whole[wanted]()
        if get_origin(wanted) is not None:
            return self._of_generic(get_origin(wanted), get_args(wanted), name, owner)
        return self._of_class(wanted, name, {})

    def _of_generic(self, origin: Any, parts: Sequence[Any], name: str, owner: str) -> Any:
        if origin is Literal:
            return parts[-1] if self.full else parts[0]
        if origin in {Union, types.UnionType}:
            return self._of_union(parts, name, owner)
        if origin is tuple and parts[-1] is not Ellipsis:
            return tuple(self.of(part, name, owner) for part in parts)
        if origin in _LISTS or origin in _OTHER_COLLECTIONS:
            made = [self.of(parts[0], name, owner)] if self.full else []
            return made if origin in _LISTS else origin(made)
        if origin in {Mapping, dict}:
            return {self.of(parts[0], name, owner): self.of(parts[1], name, owner)} if self.full else {}
        return self._of_class(origin, name, dict(zip(origin.__parameters__, parts, strict=True)))

    def _of_union(self, parts: Sequence[Any], name: str, owner: str) -> Any:
        if type(None) in parts and not self.full:
            return None
        return self.of(next(part for part in parts if part is not type(None)), name, owner)

    def _of_class(self, wanted: Any, name: str, bound: Mapping[Any, Any]) -> Any:
        plain = {str: name.replace("_", " "), int: 3, float: 3.5, bool: self.full, date: NOW.date(), datetime: NOW}
        plain |= {Decimal: Decimal("2.5"), timedelta: timedelta(hours=5), bytes: b"0123456789abcdef", Any: name}
        if wanted in plain:
            return plain[wanted]
        if isinstance(wanted, type) and issubclass(wanted, Enum):
            return list(wanted)[-1 if self.full else 0]
        return wanted(**self._fields_of(wanted, bound))

    def _fields_of(self, wanted: Any, bound: Mapping[Any, Any]) -> dict[str, Any]:
        if not isinstance(wanted, type):
            raise CannotMakeError(f"a {wanted}")
        hints = get_type_hints(wanted)
        if is_dataclass(wanted):
            names = [each.name for each in fields(wanted) if self.full or _is_required(each)]
        elif issubclass(wanted, msgspec.Struct):
            names = list(wanted.__struct_fields__)
        elif hasattr(wanted, "_fields"):
            names = list(wanted._fields)
        else:
            raise CannotMakeError(f"a {wanted.__name__}")
        return {name: self.of(_with(bound, hints[name]), name, wanted.__name__) for name in names}


def _with(bound: Mapping[Any, Any], hint: Any) -> Any:
    """Return a type with the variables of a generic class replaced by what they stand for."""
    if hint in bound:
        return bound[hint]
    variables = getattr(hint, "__parameters__", ())
    return hint[tuple(bound[each] for each in variables)] if variables and bound else hint


def _is_required(field: Any) -> bool:
    return field.init and field.default is MISSING and field.default_factory is MISSING
