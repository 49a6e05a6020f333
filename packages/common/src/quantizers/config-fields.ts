import { PolytokError } from '../errors.js';
import { isJsonObject } from '../json.js';

type FieldType = 'number' | 'numbers' | 'string' | 'boolean';

/**
 * Checks that stored JSON has a known `type` and that those of `fields` which are there have their type; the
 * constructor that reads them checks the values.
 * @throws PolytokError `INVALID_FORMAT` naming the field
 */
export function checkConfig(
  config: unknown,
  types: readonly string[],
  fields: Readonly<Record<string, FieldType>>,
): asserts config is Readonly<Record<string, unknown>> {
  if (!isJsonObject(config) || !types.includes(config.type as string)) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This quantizer is stored as a JSON object whose 'type' is ${types.join(' or ')}. Write it with toJSON().`,
      { details: { types } },
    );
  }
  for (const [name, type] of Object.entries(fields)) {
    const value = config[name];
    if (value === undefined || hasType(value, type)) continue;
    throw new PolytokError(
      'INVALID_FORMAT',
      `'${name}' of a stored '${config.type}' quantizer must be of type ${type}; got ${JSON.stringify(value)}.`,
      { details: { name, type, value } },
    );
  }
}

function hasType(value: unknown, type: FieldType): boolean {
  return type === 'numbers' ? Array.isArray(value) : typeof value === type;
}
