/**
 * Whisper's scaling of log-mel levels, in place: nothing lies more than 8 (80 dB) below the highest level, then
 * `(level + 4) / 4`. It depends on the highest level of all values, so give it a whole clip, or whatever the model
 * is to see at once: parts of a clip scaled one by one are not the clip scaled.
 * @param levels any shape, log10 of power; no values are fine
 */
export function whisperScale(levels: Float32Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const level of levels) if (level > highest) highest = level;
  const lowest = highest - 8;
  for (let at = 0; at < levels.length; at++) levels[at] = (Math.max(levels[at], lowest) + 4) / 4;
}
