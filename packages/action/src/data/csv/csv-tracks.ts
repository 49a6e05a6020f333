/** Actions in CSV files, one step per row: names in the first row, and a column of times, episodes or frames where there is one. */
import { PolytokError, requirePositive } from '@polytok/common';
import Papa from 'papaparse';
import { type ActionTrack, createTrack, type TrackOptions } from '../../tracks/action-track.js';

export interface CsvOptions extends Pick<TrackOptions, 'units' | 'kind'> {
  /** Names of the columns with actions, in this order. Default: all but those with times and counts. */
  readonly columns?: readonly string[];
  /** Those of them that are grippers. Default: none. */
  readonly grippers?: readonly string[];
  /** The column with times, in seconds. Default: `timestamp` or `time`, where there is one. */
  readonly time?: string;
  /** Steps per second. Default: what the times say, which is then necessary. */
  readonly fps?: number;
}

export interface CsvEpisode {
  /** Of the column `episode_index`; 0 without it. */
  readonly index: number;
  readonly track: ActionTrack;
}

/** The most that a file may hold, in characters: it is held in memory as text and as numbers. */
export const MAX_CSV_CHARACTERS = 1 << 28;

const TIMES = ['timestamp', 'time'];
/** Written by LeRobot's exports, and by {@link writeCsv}; no actions. */
const COUNTS = new Set(['episode_index', 'frame_index', 'index', 'task_index']);
/** Share of a step by which times may be off: clocks tremble. */
const TIME_TOLERANCE = 0.1;

/**
 * Reads the episodes of a CSV file, in the order in which they stand there.
 * @throws PolytokError `INVALID_FORMAT` naming the row for a cell that is empty or no number, rows of other lengths, and
 *   times that are not evenly spaced; `UNKNOWN_NAME` for columns that are not there; `INVALID_ARGUMENT` when nothing says
 *   the rate; `LIMIT_EXCEEDED`
 */
export function readCsv(text: string, options: CsvOptions = {}): CsvEpisode[] {
  const rows = parseRows(text);
  const [header] = rows;
  const time = options.time ?? TIMES.find((name) => header.includes(name));
  const names = options.columns ?? header.filter((name) => name !== time && !COUNTS.has(name));
  const at = (name: string) => columnOf(header, name);
  const columns = names.map(at);
  const episodeAt = header.indexOf('episode_index');
  const timeAt = time === undefined ? -1 : at(time);
  const grippers = (options.grippers ?? []).map((name) => {
    if (names.includes(name)) return names.indexOf(name);
    throw unknownColumn(name, names);
  });

  const episodes = new Map<number, { values: number[]; times: number[]; firstRow: number }>();
  for (let row = 1; row < rows.length; row++) {
    const index = episodeAt === -1 ? 0 : numberAt(rows, row, episodeAt);
    const episode = episodes.get(index) ?? { values: [], times: [], firstRow: row };
    episodes.set(index, episode);
    for (const column of columns) episode.values.push(numberAt(rows, row, column));
    if (timeAt !== -1) episode.times.push(numberAt(rows, row, timeAt));
  }
  return [...episodes].map(([index, { values, times, firstRow }]) => ({
    index,
    track: createTrack({
      values: Float64Array.from(values),
      names,
      units: options.units,
      kind: options.kind,
      grippers,
      fps: rateOf(times, options.fps, firstRow),
    }),
  }));
}

/** Writes episodes: `episode_index`, `frame_index`, `timestamp`, and the columns of the tracks, which all share. */
export function writeCsv(episodes: Iterable<CsvEpisode>): string {
  let names: readonly string[] | undefined;
  const rows: (string | number)[][] = [];
  for (const { index, track } of episodes) {
    names ??= track.names;
    if (track.names.join('\0') !== names.join('\0')) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Episode ${index} has the columns ${track.names.join(', ')}; those before have ${names.join(', ')}. Write it to another file.`,
        { details: { index } },
      );
    }
    for (let step = 0; step < track.steps; step++) {
      const row = track.values.subarray(step * track.columns, (step + 1) * track.columns);
      rows.push([index, step, step / track.fps, ...row]);
    }
  }
  const fields = ['episode_index', 'frame_index', 'timestamp', ...(names ?? [])];
  return `${Papa.unparse({ fields, data: rows }, { newline: '\n' })}\n`;
}

function parseRows(text: string): string[][] {
  if (text.length > MAX_CSV_CHARACTERS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `This CSV file has ${text.length} characters; the limit is ${MAX_CSV_CHARACTERS}. Split it by episodes.`,
      { details: { length: text.length, limit: MAX_CSV_CHARACTERS } },
    );
  }
  // A byte order mark, which spreadsheets write, is no part of the first name.
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: true });
  const fault = errors.find(({ code }) => code !== 'UndetectableDelimiter');
  if (fault) throw invalid(`row ${(fault.row ?? 0) + 1}: ${fault.message}`, { row: fault.row });
  if (data.length === 0) throw invalid('it is empty');
  const header = data[0].map((name) => name.trim());
  const repeated = header.find((name, at) => name === '' || header.indexOf(name) !== at);
  if (repeated !== undefined)
    throw invalid(`a column has ${repeated === '' ? 'no name' : `the name '${repeated}' of another`}`);
  const uneven = data.findIndex((row) => row.length !== header.length);
  if (uneven !== -1) {
    throw invalid(`row ${uneven + 1} has ${data[uneven].length} cells, the first row ${header.length}`, {
      row: uneven + 1,
    });
  }
  return [header, ...data.slice(1)];
}

function numberAt(rows: readonly string[][], row: number, column: number): number {
  const text = rows[row][column].trim();
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  const what = text === '' ? 'is empty' : `is '${text.slice(0, 40)}', no finite number`;
  throw invalid(`row ${row + 1}, column '${rows[0][column]}' ${what}`, {
    row: row + 1,
    column: rows[0][column],
  });
}

function rateOf(times: readonly number[], fps: number | undefined, firstRow: number): number {
  if (fps !== undefined) requirePositive(fps, 'fps');
  if (times.length < 2) {
    if (fps !== undefined) return fps;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      "Nothing says how fast the steps are: pass 'fps', or name the column with times as 'time'.",
    );
  }
  const gaps = times.slice(1).map((time, at) => time - times[at]);
  const period = fps === undefined ? gaps.slice().sort((a, b) => a - b)[gaps.length >> 1] : 1 / fps;
  for (let at = 1; at < times.length; at++) {
    const gap = gaps[at - 1];
    if (Math.abs(gap - period) <= TIME_TOLERANCE * period) continue;
    throw invalid(
      `row ${firstRow + at + 1} is ${gap} s behind the row before, where steps are ${period} s apart. Resample it to an even rate first`,
      { row: firstRow + at + 1, gap, period },
    );
  }
  // Times are written with few digits: 49.99 steps per second are 50.
  const rate = fps ?? gaps.length / (times[times.length - 1] - times[0]);
  return Math.abs(rate - Math.round(rate)) < 0.01 * rate ? Math.round(rate) : rate;
}

function columnOf(header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at !== -1) return at;
  throw unknownColumn(name, header);
}

function unknownColumn(name: string, available: readonly string[]): PolytokError {
  return new PolytokError(
    'UNKNOWN_NAME',
    `There is no column '${name}'. There are: ${available.join(', ')}.`,
    {
      details: { name, available },
    },
  );
}

function invalid(problem: string, details: Readonly<Record<string, unknown>> = {}): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Not a table of actions: ${problem}.`, { details });
}
