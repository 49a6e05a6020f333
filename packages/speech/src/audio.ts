import { PolytokError } from '@polytok/common';

/** One channel of sound. */
export interface Audio {
  /** −1 to 1 as a rule; any finite numbers. */
  readonly samples: Float32Array;
  /** Samples per second. */
  readonly sampleRate: number;
}

/** @throws PolytokError `INVALID_ARGUMENT` for another rate, or samples that are not finite */
export function checkAudio({ samples, sampleRate }: Audio, expectedRate: number): void {
  if (sampleRate !== expectedRate) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This model takes ${expectedRate} samples per second; got ${sampleRate}. Convert it first, with resample(audio, ${expectedRate}).`,
      { details: { sampleRate, expected: expectedRate } },
    );
  }
  const at = samples.findIndex((sample) => !Number.isFinite(sample));
  if (at < 0) return;
  throw new PolytokError('INVALID_ARGUMENT', `Sample ${at} is ${samples[at]}; samples are finite numbers.`, {
    details: { at, value: String(samples[at]) },
  });
}
