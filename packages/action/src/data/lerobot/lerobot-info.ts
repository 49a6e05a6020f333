import { isJsonObject, PolytokError } from '@polytok/common';
import { ACTION_KINDS, type ActionKind } from '../../tracks/action-track.js';
import { type DatasetFiles, readDatasetFile } from '../dataset-files.js';
import { inFile } from '../in-file.js';
import { INFO_PATH } from './layout.js';

/** `meta/info.json`, checked. */
export interface LeRobotInfo {
  /** Of the layout: one file for many episodes (v3.0), or for each (v2.1, and v2.0, which differs in statistics only). */
  readonly version: 'v3.0' | 'v2.1' | 'v2.0';
  readonly robotType: string | undefined;
  /** Frames per second. */
  readonly fps: number;
  readonly totalEpisodes: number;
  readonly totalFrames: number;
  /** Files in a folder (v3.0), or episodes in one (v2.1). */
  readonly chunkSize: number;
  /** Template of the paths of data files. */
  readonly dataPath: string;
  readonly features: Readonly<Record<string, LeRobotFeature>>;
}

export interface LeRobotFeature {
  /** Such as `float32`, or `video`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** One for each number, where the file has as many. */
  readonly names: readonly string[] | undefined;
  /** What `LeRobotWriter` adds. */
  readonly units?: readonly string[];
  readonly kind?: ActionKind;
  readonly grippers?: readonly number[];
}

/** A data set with a thousand features has some 100 kB. */
export const MAX_INFO_BYTES = 2 ** 24;

/** @throws PolytokError `IO`, `INVALID_FORMAT` naming the field, `UNSUPPORTED` for other versions, `LIMIT_EXCEEDED` */
export async function readInfo(files: DatasetFiles): Promise<LeRobotInfo> {
  const bytes = await readDatasetFile(files, INFO_PATH, MAX_INFO_BYTES);
  return inFile(INFO_PATH, () => parseInfo(parseJson(bytes)));
}

/** @throws PolytokError `INVALID_FORMAT` */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PolytokError('INVALID_FORMAT', `It is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

function parseInfo(json: unknown): LeRobotInfo {
  if (!isJsonObject(json)) throw wrong('the file', json, 'an object');
  const {
    codebase_version: version,
    fps,
    features,
    total_episodes: totalEpisodes,
    total_frames: totalFrames,
    chunks_size: chunkSize,
    data_path: dataPath,
    robot_type: robotType,
  } = json;
  if (version !== 'v3.0' && version !== 'v2.1' && version !== 'v2.0') {
    throw new PolytokError(
      'UNSUPPORTED',
      `The data set has codebase_version ${JSON.stringify(version)}; v2.0, v2.1 and v3.0 are read. Convert it with LeRobot.`,
      { details: { version, supported: ['v2.0', 'v2.1', 'v3.0'] } },
    );
  }
  if (!(typeof fps === 'number' && fps > 0 && fps < Infinity)) throw wrong('fps', fps, 'a number above 0');
  if (!isCount(totalEpisodes)) throw wrong('total_episodes', totalEpisodes, 'a count');
  if (!isCount(totalFrames)) throw wrong('total_frames', totalFrames, 'a count');
  if (!(isCount(chunkSize) && chunkSize > 0)) throw wrong('chunks_size', chunkSize, 'a count of at least 1');
  if (typeof dataPath !== 'string') throw wrong('data_path', dataPath, 'a text');
  if (!isJsonObject(features)) throw wrong('features', features, 'an object');
  const parsed = Object.entries(features).map(
    ([name, feature]) => [name, parseFeature(name, feature)] as const,
  );
  return {
    version,
    robotType: typeof robotType === 'string' ? robotType : undefined,
    fps,
    totalEpisodes,
    totalFrames,
    chunkSize,
    dataPath,
    features: Object.fromEntries(parsed),
  };
}

function parseFeature(name: string, feature: unknown): LeRobotFeature {
  const { dtype, shape, names, info } = isJsonObject(feature) ? feature : ({} as Record<string, unknown>);
  if (typeof dtype !== 'string') throw wrong(`features.${name}.dtype`, dtype, 'a text');
  if (!(Array.isArray(shape) && shape.every(isCount)))
    throw wrong(`features.${name}.shape`, shape, 'a list of counts');
  const flat = namesIn(names);
  const columns = shape.reduce((product, size) => product * size, 1);
  const { units, kind, grippers } = isJsonObject(info) ? info : ({} as Record<string, unknown>);
  return {
    dtype,
    shape,
    names: flat.length === columns ? flat : undefined,
    ...(isListOf(units, 'string') && units.length === columns && { units: units as string[] }),
    ...(ACTION_KINDS.includes(kind as ActionKind) && { kind: kind as ActionKind }),
    ...(isListOf(grippers, 'number') && { grippers: grippers as number[] }),
  };
}

/** Names are a list, a list in a list, or lists in an object such as `{ motors: […] }`. */
function namesIn(names: unknown): string[] {
  if (typeof names === 'string') return [names];
  if (Array.isArray(names)) return names.flatMap(namesIn);
  return isJsonObject(names) ? Object.values(names).flatMap(namesIn) : [];
}

function isListOf(value: unknown, type: 'string' | 'number'): value is unknown[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === type);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function wrong(field: string, value: unknown, expected: string): PolytokError {
  const shown = JSON.stringify(value)?.slice(0, 100);
  return new PolytokError('INVALID_FORMAT', `'${field}' must be ${expected}; it is ${shown}.`, {
    details: { field, value: shown, expected },
  });
}
