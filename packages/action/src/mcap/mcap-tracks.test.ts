import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg2-serialization';
import { McapWriter } from '@mcap/core';
import { isPolytokError } from '@polytok/common';
import { toByteSource } from '@polytok/common/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTrack } from '../tracks/action-track.js';
import { readMcapTrack, writeMcapTrack } from './mcap-tracks.js';

const JOINT_STATE = `std_msgs/Header header
string[] name
float64[] position
float64[] velocity
float64[] effort
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec`;

interface Recording {
  readonly messages: readonly {
    readonly time: number;
    readonly name: readonly string[];
    readonly position: readonly number[];
  }[];
  readonly schema?: false;
  readonly messageEncoding?: string;
  readonly compression?: string;
}

/** A recording as a ROS 2 robot makes it. */
async function record({
  messages,
  schema,
  messageEncoding = 'cdr',
  compression,
}: Recording): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const writable = {
    position: () => BigInt(length),
    async write(bytes: Uint8Array) {
      parts.push(bytes.slice());
      length += bytes.length;
    },
  };
  const compressChunk =
    compression === undefined
      ? undefined
      : (bytes: Uint8Array) => ({
          compression,
          compressedData: compression === 'zstd' ? zstdStored(bytes) : bytes,
        });
  const writer = new McapWriter({ writable, compressChunk });
  await writer.start({ profile: 'ros2', library: 'test' });
  const schemaId =
    schema === false
      ? 0
      : await writer.registerSchema({
          name: 'sensor_msgs/msg/JointState',
          encoding: 'ros2msg',
          data: new TextEncoder().encode(JOINT_STATE),
        });
  const channelId = await writer.registerChannel({
    topic: '/joint_states',
    messageEncoding,
    schemaId,
    metadata: new Map(),
  });
  const ros = new MessageWriter(parse(JOINT_STATE, { ros2: true }));
  for (const [sequence, { time, name, position }] of messages.entries()) {
    const logTime = BigInt(Math.round(time * 1e9));
    const stamp = { sec: Math.floor(time), nanosec: Math.round((time % 1) * 1e9) };
    const data = ros.writeMessage({
      header: { stamp, frame_id: '' },
      name,
      position,
      velocity: [],
      effort: [],
    });
    await writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
  }
  await writer.end();
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A Zstandard frame that stores bytes as they are (RFC 8878): one raw block. */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(12));
  header.setUint32(0, 0xfd2fb528, true);
  header.setUint8(4, 0xa0); // one segment, whose size takes four bytes
  header.setUint32(5, bytes.length, true);
  const block = (bytes.length << 3) | 1;
  for (let i = 0; i < 3; i++) header.setUint8(9 + i, (block >> (8 * i)) & 0xff);
  return Uint8Array.of(...new Uint8Array(header.buffer), ...bytes);
}

const at = (time: number, ...position: number[]) => ({ time, name: ['elbow', 'wrist'], position });
const read = async (bytes: Uint8Array, options = {}) => readMcapTrack(toByteSource(bytes), options);
const refusal = (code: string) => expect.objectContaining({ code });

describe('a ROS 2 recording', () => {
  it('becomes a track at an even rate', async () => {
    const bytes = await record({
      messages: [at(5, 0, 10), at(5.1, 1, 20), at(5.25, 2.5, 35), at(5.3, 3, 40)],
    });
    const track = await read(bytes, { grippers: [1] });
    expect([track.fps, track.names, track.grippers]).toEqual([10, ['elbow', 'wrist'], [1]]);
    expect([...track.values].map((value) => Number(value.toFixed(6)))).toEqual([0, 10, 1, 20, 2, 30, 3, 40]);
  });

  it('is read through Zstandard, and through a codec of the caller', async () => {
    const messages = [at(0, 1, 2), at(1, 3, 4)];
    for (const compression of ['zstd', 'none of these']) {
      const bytes = await record({ messages, compression });
      const decompress = { 'none of these': (packed: Uint8Array) => packed };
      expect([...(await read(bytes, { decompress })).values]).toEqual([1, 2, 3, 4]);
    }
  });

  it('holds its messages where that is wanted, and takes joints by name', async () => {
    const bytes = await record({ messages: [at(1, 0, 10), at(1.5, 1, 20), at(2, 2, 30)] });
    const track = await read(bytes, { joints: ['wrist'], fps: 4, method: 'hold' });
    expect([...track.values]).toEqual([10, 10, 20, 20, 30]);
  });

  it.each([
    ['UNKNOWN_NAME', { messages: [at(0, 1, 2), at(1, 1, 2)] }, { topic: '/other' }],
    ['UNKNOWN_NAME', { messages: [at(0, 1, 2), at(1, 1, 2)] }, { joints: ['knee'] }],
    ['INVALID_FORMAT', { messages: [at(0, 1, 2), at(1, 1)] }, {}],
    ['INVALID_FORMAT', { messages: [at(0, 1, 2)], schema: false }, { topic: '/joint_states' }],
    ['INVALID_FORMAT', { messages: [] }, {}],
    ['UNSUPPORTED', { messages: [at(0, 1, 2)], messageEncoding: 'protobuf' }, {}],
    ['UNSUPPORTED', { messages: [at(0, 1, 2), at(1, 1, 2)], compression: 'lz4' }, {}],
    ['INVALID_ARGUMENT', { messages: [at(0, 1, 2)] }, {}],
  ] as const)('is refused with %s: %j %j', async (code, recording, options) => {
    await expect(read(await record(recording as Recording), options)).rejects.toThrow(refusal(code));
  });

  it('that broke off is refused, and so is anything else', async () => {
    const bytes = await record({ messages: [at(0, 1, 2), at(1, 1, 2)] });
    for (const kept of [0, 8, 100, bytes.length - 1]) {
      await expect(read(bytes.subarray(0, kept))).rejects.toThrow(refusal('INVALID_FORMAT'));
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (index, byte) => {
        const damaged = bytes.slice();
        damaged[index] = byte;
        try {
          await read(damaged);
        } catch (error) {
          expect(isPolytokError(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

it('a track comes back from JSON messages', async () => {
  const values = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i));
  const track = createTrack({ values, fps: 20, names: ['a', 'b'] });
  const back = await read(await writeMcapTrack(track, { start: 1.5e9 }));
  expect([back.fps, back.names]).toEqual([20, ['a', 'b']]);
  // Seconds since 1970 leave a tenth of a microsecond.
  expect(Math.max(...back.values.map((value, i) => Math.abs(value - values[i])))).toBeLessThan(1e-4);
});
