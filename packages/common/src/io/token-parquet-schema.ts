import type { FileMetaData, SchemaElement } from 'hyparquet';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath } from 'hyparquet/src/schema.js';
import { PolytokError } from '../errors.js';

/** Version of the columns below, stored in the file's key-value metadata. */
export const RECORD_VERSION = { key: 'polytok.token_records', value: '1' };

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'REQUIRED',
});
const integer = (name: string): SchemaElement => ({ name, type: 'INT32', repetition_type: 'REQUIRED' });

/** The columns of a token file; `alignment` is JSON, `ids` is `list<uint32>` for both id types. */
export const RECORD_SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 8 },
  text('source'),
  text('modality'),
  text('fingerprint'),
  integer('codebooks'),
  integer('length'),
  text('dtype'),
  text('alignment'),
  { name: 'ids', num_children: 1, converted_type: 'LIST', repetition_type: 'REQUIRED' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'REQUIRED' },
];

export const RECORD_COLUMNS = RECORD_SCHEMA.slice(1, 9).map(({ name }) => name);

/** Greatest repetition and definition level of a column: what the level streams of its pages count up to. */
export interface ColumnLevels {
  readonly repetition: number;
  readonly definition: number;
}

/** Levels of a leaf column. @throws when the schema does not have it */
export function columnLevels(metadata: FileMetaData, pathInSchema: string[]): ColumnLevels {
  const path = getSchemaPath(metadata.schema, pathInSchema);
  return { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) };
}

/**
 * Other programs that rewrite a token file may make columns optional, rename the inside of the list or add columns;
 * all of that is accepted.
 * @throws PolytokError `INVALID_FORMAT` when a column is missing or of another type; `UNSUPPORTED` for a later version
 */
export function checkRecordSchema(metadata: FileMetaData): void {
  const version = metadata.key_value_metadata?.find(({ key }) => key === RECORD_VERSION.key)?.value;
  if (version !== undefined && version !== RECORD_VERSION.value) {
    throw new PolytokError(
      'UNSUPPORTED',
      `This token file has version '${version}' of the columns; this release of polytok reads version ${RECORD_VERSION.value}.`,
      { details: { version, supported: RECORD_VERSION.value } },
    );
  }
  const [root] = getSchemaPath(metadata.schema, []);
  for (const name of RECORD_COLUMNS) {
    const column = root.children.find(({ element }) => element.name === name);
    const expected = RECORD_SCHEMA.find((element) => element.name === name);
    // The list's numbers are the only leaf inside: ids → list → element.
    const leaf = name === 'ids' ? column?.children[0]?.children[0] : column;
    const type = name === 'ids' ? 'INT32' : expected?.type;
    const kind = column?.element.converted_type;
    if (
      !leaf ||
      leaf.children.length > 0 ||
      leaf.element.type !== type ||
      kind !== expected?.converted_type
    ) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `This Parquet file is no token file: it has ${column ? `another type of column '${name}'` : `no column '${name}'`}. Token files have ${RECORD_COLUMNS.join(', ')}.`,
        {
          details: {
            column: name,
            expected: RECORD_COLUMNS,
            actual: root.children.map((c) => c.element.name),
          },
        },
      );
    }
  }
}
