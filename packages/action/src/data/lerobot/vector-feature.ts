import { PolytokError } from '@polytok/common';
import { type ActionKind, createTrack } from '../../tracks/action-track.js';
import { FRAME_COLUMNS } from './layout.js';

/** A feature with a list of numbers for each frame, such as `action`. An `ActionTrack` is one. */
export interface VectorFeature {
  /** `(columns)` */
  readonly names: readonly string[];
  /** Default: 'float32'. */
  readonly dtype?: 'float32' | 'float64';
  /** `(columns)`. Kept in the feature's `info`, which LeRobot leaves alone. */
  readonly units?: readonly string[];
  /** As `units`. */
  readonly kind?: ActionKind;
  /** As `units`. */
  readonly grippers?: readonly number[];
}

/** As `meta/info.json` has it. */
export function featureInfo({ names, dtype = 'float32', units, kind, grippers }: VectorFeature): object {
  const info = { units, kind, grippers };
  const known = Object.values(info).some((value) => value !== undefined);
  return { dtype, shape: [names.length], names, ...(known && { info }) };
}

/** @throws PolytokError `INVALID_ARGUMENT` naming the feature or what is wrong with it */
export function checkFeatures(features: Readonly<Record<string, VectorFeature>>): void {
  const names = Object.keys(features);
  if (names.length === 0) {
    throw new PolytokError('INVALID_ARGUMENT', "A data set has at least one feature, such as 'action'.");
  }
  const reserved = names.find((name) => Object.hasOwn(FRAME_COLUMNS, name) || !/^[\w.-]+$/.test(name));
  if (reserved !== undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A feature cannot be named ${JSON.stringify(reserved)}: names have letters, digits, '.', '_' and '-', and ${Object.keys(FRAME_COLUMNS).join(', ')} are written anyway.`,
      { details: { feature: reserved } },
    );
  }
  for (const feature of Object.values(features)) {
    // Checks names, units, kind and grippers.
    createTrack({ ...pickTrackOptions(feature), values: new Float32Array(0), fps: 1 });
  }
}

function pickTrackOptions({ names, units, kind, grippers }: VectorFeature) {
  return { names, units, kind, grippers };
}
