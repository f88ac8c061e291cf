# SPDX-License-Identifier: Apache-2.0
"""A JSON Schema validator for what the schemas of this project use. A keyword that it does not know is an error, so
that a schema can never promise what is not checked. Source: JSON Schema 2020-12, core and validation."""
import re

ANNOTATIONS = {'$schema', '$id', '$defs', 'title', 'description'}
TYPES = {
    'object': lambda v: isinstance(v, dict),
    'array': lambda v: isinstance(v, list),
    'string': lambda v: isinstance(v, str),
    'boolean': lambda v: isinstance(v, bool),
    'null': lambda v: v is None,
    'integer': lambda v: isinstance(v, int) and not isinstance(v, bool),
    'number': lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
}
KEYWORDS = {'type', 'const', 'enum', 'required', 'properties', 'additionalProperties', 'items', 'minItems', 'maxItems',
            'minimum', 'minLength', 'pattern', '$ref'}


class SchemaError(Exception):
    """The schema itself is wrong."""


def resolve(root, ref):
    if not ref.startswith('#/'):
        raise SchemaError(f'only local references are known: {ref}')
    node = root
    for part in ref[2:].split('/'):
        if part not in node:
            raise SchemaError(f'reference to nothing: {ref}')
        node = node[part]
    return node


def same(a, b):
    return type(a) is type(b) and a == b


def check_object(root, schema, value, at, problems):
    properties = schema.get('properties', {})
    for key in schema.get('required', []):
        if key not in value:
            problems.append(f'{at}: lacks {key}')
    for key, item in value.items():
        if key in properties:
            check(root, properties[key], item, f'{at}.{key}', problems)
        elif schema.get('additionalProperties', True) is False:
            problems.append(f'{at}: unexpected {key}')
        elif isinstance(schema.get('additionalProperties'), dict):
            check(root, schema['additionalProperties'], item, f'{at}.{key}', problems)


def check(root, schema, value, at, problems):
    unknown = set(schema) - KEYWORDS - ANNOTATIONS
    if unknown:
        raise SchemaError(f'{at}: unknown keywords {sorted(unknown)}')
    if '$ref' in schema:
        check(root, resolve(root, schema['$ref']), value, at, problems)
    if 'type' in schema and not TYPES[schema['type']](value):
        problems.append(f'{at}: is no {schema["type"]}')
        return
    if 'const' in schema and not same(value, schema['const']):
        problems.append(f'{at}: is not {schema["const"]!r}')
    if 'enum' in schema and not any(same(value, each) for each in schema['enum']):
        problems.append(f'{at}: {value!r} is none of {schema["enum"]}')
    if 'minimum' in schema and value < schema['minimum']:
        problems.append(f'{at}: is under {schema["minimum"]}')
    if 'minLength' in schema and len(value) < schema['minLength']:
        problems.append(f'{at}: is too short')
    if 'pattern' in schema and not re.search(schema['pattern'], value):
        problems.append(f'{at}: {value!r} does not match {schema["pattern"]}')
    if isinstance(value, dict):
        check_object(root, schema, value, at, problems)
    if isinstance(value, list):
        if len(value) < schema.get('minItems', 0):
            problems.append(f'{at}: has too few items')
        if len(value) > schema.get('maxItems', len(value)):
            problems.append(f'{at}: has too many items')
        for i, item in enumerate(value):
            check(root, schema.get('items', {}), item, f'{at}[{i}]', problems)


def is_closed(schema, at='$'):
    """Problems of a schema that lets unknown fields pass somewhere."""
    problems = []
    if isinstance(schema, dict):
        if schema.get('type') == 'object' and schema.get('additionalProperties') is not False:
            problems.append(f'{at}: is open')
        if schema.get('type') == 'array' and 'items' not in schema:
            problems.append(f'{at}: has items of any kind')
        for key, value in schema.items():
            problems += is_closed(value, f'{at}.{key}')
    return problems


def validate(schema, value):
    """All problems of value, as texts; none means that it is valid."""
    problems = []
    check(schema, schema, value, '$', problems)
    return problems
