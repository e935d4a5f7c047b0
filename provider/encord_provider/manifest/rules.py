"""Every rule that a fault may name, and who says so."""

from typing import Final

_REGISTER = 'docs.encord.com, "Register cloud data"'
_IMPORT = 'docs.encord.com, "Import cloud data"'
_PRIVATE = 'docs.encord.com, "Private cloud integration"'
_SDK = "encord 0.1.211"

RULES: Final[dict[str, str]] = {
    # of the file
    "JSON": "RFC 8259",
    "JSON depth": "Python reads values nested some hundreds deep",
    "UTF-8": "RFC 8259; RFC 4180",
    "CSV": "RFC 4180",
    "CSV header": _REGISTER,
    "CSV entries": _IMPORT,
    "duplicate key": "RFC 8259: names within an object should be unique; most readers keep the last",
    "trailing comma": "RFC 8259",
    "top-level key": _REGISTER,
    "flags": _REGISTER,
    "skip_duplicate_urls": _REGISTER,
    "manifest units": _REGISTER,
    "manifest URLs": _REGISTER,
    "manifest size": 'docs.encord.com, "Best practices"',
    # of an entry
    "entry": _REGISTER,
    "key": _REGISTER,
    "key type": _REGISTER,
    "numbering": _REGISTER,
    "createVideo": _REGISTER,
    "kind": 'docs.encord.com, "Supported data"',
    "externalFileType": f"{_SDK}, DataUploadItems",
    "dialect": f"{_REGISTER}; {_SDK}, DataUploadItems",
    # of a unit
    "title": f"{_REGISTER}; {_SDK}, DataUploadItems",
    "title length": 'docs.encord.com, "Import cloud data", and the OTC guide',
    "text": "RFC 3629: UTF-8 has no half characters",
    "members": _REGISTER,
    "item UUID": f"{_SDK}, DataUploadImageGroupFromItems",
    "URLs": _REGISTER,
    "URL length": _REGISTER,
    "URL white space": f"{_REGISTER}; {_PRIVATE}",
    "URL form": _REGISTER,
    "media metadata": f"{_REGISTER}; {_SDK}, CustomerProvided*Metadata",
    "settings": f"{_SDK}, TimeSeriesViewSettings",
    "metadata value": "PostgreSQL, jsonb; RFC 8259",
    "metadata size": _REGISTER,
    "metadata schema": f"{_REGISTER}; {_SDK}, MetadataSchema",
    "key frames": f"{_REGISTER}; {_IMPORT}",
}
"""Name of a rule to its source."""
