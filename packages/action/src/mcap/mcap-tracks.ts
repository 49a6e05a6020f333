/** Actions in MCAP recordings: a topic of `sensor_msgs/JointState`, in ROS 2's encoding or as JSON. */
import { McapIndexedReader, McapWriter } from '@mcap/core';
import { isPolytokError, PolytokError, requireChoice, throwIfAborted } from '@polytok/common';
import type { ByteSource } from '@polytok/common/io';
import { decompress as decompressZstd } from 'fzstd';
import { type ActionTrack, createTrack, type TrackOptions } from '../tracks/action-track.js';
import { type MessageDecoder, messageDecoder } from './message-decoder.js';
import { type JointSample, type ResampleMethod, resample } from './resample.js';

export interface McapOptions extends Pick<TrackOptions, 'units' | 'kind' | 'grippers'> {
  /** Default: the only topic with joint states. */
  readonly topic?: string;
  /** Names of joints, in this order. Default: those of the first message. */
  readonly joints?: readonly string[];
  /** Default: 'position'. */
  readonly field?: 'position' | 'velocity' | 'effort';
  /** Steps per second that messages are brought to. Default: the median of the recording, to the nearest integer. */
  readonly fps?: number;
  /** Between messages: `linear` (default), or `hold`, the last message before. */
  readonly method?: ResampleMethod;
  /** Decompression by name of the codec, given the bytes and their size afterwards. `zstd` is there; others are not. */
  readonly decompress?: Readonly<Record<string, (bytes: Uint8Array, size: bigint) => Uint8Array>>;
  readonly signal?: AbortSignal;
}

/** Most bytes of one chunk, and most messages of a topic: hours of any robot. */
export const MAX_MCAP_CHUNK_BYTES = 1 << 28;
export const MAX_MCAP_MESSAGES = 1 << 24;

const JOINT_STATE_SCHEMAS = new Set(['sensor_msgs/msg/JointState', 'sensor_msgs/JointState', 'JointState']);

/**
 * Reads a recording as one track, resampled to an even rate from its first message to its last. Times are those of the
 * messages' headers, or of the recording where they have none.
 * @throws PolytokError `INVALID_FORMAT` (no MCAP, truncated, a topic without schema, messages without the joints);
 *   `UNKNOWN_NAME` for a topic or joint that is not there; `UNSUPPORTED` (encoding, compression); `LIMIT_EXCEEDED`,
 *   `ABORTED`, `IO`
 */
export async function readMcapTrack(source: ByteSource, options: McapOptions = {}): Promise<ActionTrack> {
  const { field = 'position', method = 'linear', signal } = options;
  requireChoice(field, 'field', ['position', 'velocity', 'effort']);
  const reader = await openReader(source, options.decompress);
  const { topic, decode } = findTopic(reader, options.topic);
  const samples: JointSample[] = [];
  let joints = options.joints;
  try {
    for await (const message of reader.readMessages({ topics: [topic] })) {
      throwIfAborted(signal, 'Reading an MCAP file');
      if (samples.length === MAX_MCAP_MESSAGES) throw tooLarge('messages', MAX_MCAP_MESSAGES);
      const state = decode(message.data);
      joints ??= textsOf(state.name);
      samples.push({ time: timeOf(state, message.logTime), values: valuesOf(state, joints, field, topic) });
    }
  } catch (error) {
    throw asInvalid(error);
  }
  if (samples.length === 0 || joints === undefined || joints.length === 0) {
    throw new PolytokError('INVALID_FORMAT', `Topic '${topic}' has no joint states.`, { details: { topic } });
  }
  const { values, fps } = resample(samples, { fps: options.fps, method });
  return createTrack({
    values,
    fps,
    names: joints,
    units: options.units,
    kind: options.kind,
    grippers: options.grippers,
  });
}

export interface WriteMcapOptions {
  /** Default: '/joint_commands'. */
  readonly topic?: string;
  /** Seconds since 1970 of the first step. Default: 0. */
  readonly start?: number;
}

/** Writes a track as JSON messages of joint states, which every MCAP tool shows. */
export async function writeMcapTrack(
  track: ActionTrack,
  { topic = '/joint_commands', start = 0 }: WriteMcapOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0n;
  const writable = {
    position: () => length,
    async write(bytes: Uint8Array) {
      parts.push(bytes.slice());
      length += BigInt(bytes.byteLength);
    },
  };
  const writer = new McapWriter({ writable });
  await writer.start({ profile: '', library: 'polytok' });
  const data = new TextEncoder().encode(JSON.stringify(JOINT_STATE_JSON_SCHEMA));
  const schemaId = await writer.registerSchema({
    name: 'sensor_msgs/JointState',
    encoding: 'jsonschema',
    data,
  });
  const channelId = await writer.registerChannel({
    topic,
    messageEncoding: 'json',
    schemaId,
    metadata: new Map(),
  });
  for (let step = 0; step < track.steps; step++) {
    const nanoseconds = BigInt(Math.round((start + step / track.fps) * 1e9));
    const position = [...track.values.subarray(step * track.columns, (step + 1) * track.columns)];
    const stamp = {
      sec: Number(nanoseconds / 1_000_000_000n),
      nanosec: Number(nanoseconds % 1_000_000_000n),
    };
    const message = JSON.stringify({ header: { stamp }, name: track.names, position });
    await writer.addMessage({
      channelId,
      sequence: step,
      logTime: nanoseconds,
      publishTime: nanoseconds,
      data: new TextEncoder().encode(message),
    });
  }
  await writer.end();
  const bytes = new Uint8Array(Number(length));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

const JOINT_STATE_JSON_SCHEMA = {
  type: 'object',
  properties: {
    header: { type: 'object' },
    name: { type: 'array', items: { type: 'string' } },
    position: { type: 'array', items: { type: 'number' } },
  },
};

async function openReader(
  source: ByteSource,
  decompress: McapOptions['decompress'] = {},
): Promise<McapIndexedReader> {
  const readable = {
    size: async () => BigInt(source.byteLength),
    read: async (offset: bigint, size: bigint) => {
      if (size > BigInt(MAX_MCAP_CHUNK_BYTES)) throw tooLarge('bytes at once', MAX_MCAP_CHUNK_BYTES);
      if (offset + size > BigInt(source.byteLength)) throw new Error('an index points behind the end');
      return source.slice(Number(offset), Number(offset + size));
    },
  };
  const codecs: NonNullable<McapOptions['decompress']> = {
    zstd: (bytes: Uint8Array) => decompressZstd(bytes),
    ...decompress,
  };
  const decompressHandlers = Object.fromEntries(
    Object.entries(codecs).map(([name, run]) => [
      name,
      (bytes: Uint8Array, size: bigint) => {
        if (size > BigInt(MAX_MCAP_CHUNK_BYTES)) throw tooLarge('bytes in a chunk', MAX_MCAP_CHUNK_BYTES);
        return run(bytes, size);
      },
    ]),
  );
  try {
    return await McapIndexedReader.Initialize({ readable, decompressHandlers });
  } catch (error) {
    throw asInvalid(error);
  }
}

function findTopic(
  reader: McapIndexedReader,
  wanted: string | undefined,
): { topic: string; decode: MessageDecoder } {
  const channels = [...reader.channelsById.values()].map(({ topic, messageEncoding, schemaId }) => ({
    topic,
    messageEncoding,
    schema: reader.schemasById.get(schemaId),
  }));
  const found = channels.filter(({ topic, schema }) =>
    wanted === undefined ? schema !== undefined && JOINT_STATE_SCHEMAS.has(schema.name) : topic === wanted,
  );
  if (found.length > 0 && (wanted !== undefined || found.length === 1)) {
    return { topic: found[0].topic, decode: messageDecoder(found[0]) };
  }
  const available = channels.map(({ topic, schema }) => `${topic} (${schema?.name ?? 'no schema'})`);
  const problem =
    wanted !== undefined
      ? `There is no topic '${wanted}'`
      : `${found.length} topics have joint states; name one`;
  throw new PolytokError('UNKNOWN_NAME', `${problem}. There are: ${available.join(', ') || 'none'}.`, {
    details: { topic: wanted, available },
  });
}

/** Seconds: of the header's stamp, where it has one. */
function timeOf({ header }: Readonly<Record<string, unknown>>, logTime: bigint): number {
  const stamp = (header as { stamp?: { sec?: unknown; nanosec?: unknown; nsec?: unknown } } | undefined)
    ?.stamp;
  const sec = stamp?.sec;
  const nanosec = stamp?.nanosec ?? stamp?.nsec ?? 0;
  const known = typeof sec === 'number' && typeof nanosec === 'number' && (sec !== 0 || nanosec !== 0);
  return known ? sec + nanosec / 1e9 : Number(logTime) / 1e9;
}

function valuesOf(
  state: Readonly<Record<string, unknown>>,
  joints: readonly string[],
  field: string,
  topic: string,
): Float64Array {
  const names = textsOf(state.name);
  const numbers = numbersOf(state[field]);
  return Float64Array.from(joints, (joint) => {
    const at = names.indexOf(joint);
    const value = numbers[at];
    if (Number.isFinite(value)) return value;
    throw new PolytokError(
      at === -1 ? 'UNKNOWN_NAME' : 'INVALID_FORMAT',
      at === -1
        ? `A message of '${topic}' has no joint '${joint}'. It has: ${names.join(', ') || 'none'}.`
        : `A message of '${topic}' has no finite ${field} of joint '${joint}'.`,
      { details: { topic, joint, field } },
    );
  });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function numbersOf(value: unknown): ArrayLike<number> {
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<number>) : [];
}

function tooLarge(what: string, limit: number): PolytokError {
  return new PolytokError(
    'LIMIT_EXCEEDED',
    `This MCAP file has more than ${limit} ${what}. Cut the recording.`,
    {
      details: { limit },
    },
  );
}

/** The library's errors, which have no type. */
function asInvalid(error: unknown): unknown {
  if (isPolytokError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const compression = /[Uu]nsupported compression/.test(message);
  return new PolytokError(
    compression ? 'UNSUPPORTED' : 'INVALID_FORMAT',
    compression
      ? `${message}. Pass a function for it as 'decompress', or record with zstd.`
      : `Not a complete MCAP file: ${message}. Recordings that broke off are repaired by 'mcap recover'.`,
    { cause: error },
  );
}
