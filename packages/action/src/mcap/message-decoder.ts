import { parse as parseRosDefinition } from '@foxglove/rosmsg';
import { MessageReader } from '@foxglove/rosmsg2-serialization';
import { isJsonObject, PolytokError } from '@polytok/common';

/** The parts of MCAP's records that say how a channel's messages are read. */
export interface ChannelSchema {
  readonly topic: string;
  /** Of the channel: `cdr` or `json`. */
  readonly messageEncoding: string;
  /** Undefined for a channel without a schema. */
  readonly schema?: { readonly name: string; readonly encoding: string; readonly data: Uint8Array };
}

/** Reads one message. @throws PolytokError `INVALID_FORMAT` */
export type MessageDecoder = (data: Uint8Array) => Readonly<Record<string, unknown>>;

/**
 * A reader of a channel's messages: ROS 2 (`cdr` with `ros2msg`) and JSON (`json` with `jsonschema`).
 * @throws PolytokError `INVALID_FORMAT` for a channel without a schema, or a damaged one; `UNSUPPORTED` for other encodings
 */
export function messageDecoder({ topic, messageEncoding, schema }: ChannelSchema): MessageDecoder {
  if (schema === undefined) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `Topic '${topic}' has no schema, so nothing says what its messages are. Record it with one.`,
      { details: { topic } },
    );
  }
  if (messageEncoding === 'json' && schema.encoding === 'jsonschema') return (data) => readJson(topic, data);
  if (messageEncoding === 'cdr' && schema.encoding === 'ros2msg') return rosDecoder(topic, schema.data);
  throw new PolytokError(
    'UNSUPPORTED',
    `Topic '${topic}' has ${messageEncoding} messages with a ${schema.encoding} schema; read are cdr with ros2msg, and json with jsonschema.`,
    { details: { topic, messageEncoding, schemaEncoding: schema.encoding } },
  );
}

function rosDecoder(topic: string, definition: Uint8Array): MessageDecoder {
  let reader: MessageReader;
  try {
    reader = new MessageReader(parseRosDefinition(new TextDecoder().decode(definition), { ros2: true }));
  } catch (cause) {
    throw damaged(topic, 'schema', cause);
  }
  return (data) => {
    try {
      return reader.readMessage<Readonly<Record<string, unknown>>>(data);
    } catch (cause) {
      throw damaged(topic, 'message', cause);
    }
  };
}

function readJson(topic: string, data: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(data));
  } catch (cause) {
    throw damaged(topic, 'message', cause);
  }
  if (isJsonObject(value)) return value;
  throw damaged(topic, 'message');
}

function damaged(topic: string, what: 'schema' | 'message', cause?: unknown): PolytokError {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return new PolytokError('INVALID_FORMAT', `A ${what} of topic '${topic}' is damaged${reason}.`, {
    details: { topic },
    cause,
  });
}
