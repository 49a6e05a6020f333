import { describe, expect, it } from 'vitest';
import { FRAME_PATTERNS, type FramePatternName, isFramePatternName, PADDING } from './frame-pattern.js';

/** Codebooks of the whole stream, '.' for padding. */
function spell(name: FramePatternName, frames: number, codebooks: number): string {
  const { streamLength, codebookAt } = FRAME_PATTERNS[name];
  return Array.from({ length: streamLength(frames, codebooks) }, (_, position) => {
    const codebook = codebookAt(position, frames, codebooks);
    return codebook === PADDING ? '.' : codebook;
  }).join('');
}

describe('frame patterns', () => {
  it('interleave frame by frame', () => {
    expect(spell('interleaved', 4, 3)).toBe('012012012012');
  });

  it('delay codebook k by k steps', () => {
    expect(spell('delayed', 4, 3)).toBe(['0..', '01.', '012', '012', '.12', '..2'].join(''));
  });

  it('pad in the middle where there are fewer frames than codebooks', () => {
    expect(spell('delayed', 1, 3)).toBe(['0..', '.1.', '..2'].join(''));
  });

  it('lay parallel codebooks end to end', () => {
    expect(spell('parallel', 4, 3)).toBe('000011112222');
  });

  it.each(['interleaved', 'delayed', 'parallel'] as const)(
    '%s is empty for no frames and plain for one codebook',
    (name) => {
      expect(spell(name, 0, 3)).toBe('');
      expect(spell(name, 4, 1)).toBe('0000');
    },
  );

  it('are known by name alone', () => {
    expect(isFramePatternName('delayed')).toBe(true);
    expect(isFramePatternName('toString')).toBe(false);
    expect(isFramePatternName(undefined)).toBe(false);
  });
});
