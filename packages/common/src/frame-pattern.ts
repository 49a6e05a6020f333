/**
 * Orders in which the codes of a `(frames, codebooks)` matrix follow each other in a flat stream. In all of
 * them the codes of one codebook stay in frame order, so that a pattern only says which codebook is next.
 */
export type FramePatternName =
  /** Frame after frame, its codebooks in order: `frames × codebooks` ids. MusicGen's "flattening". */
  | 'interleaved'
  /**
   * Step after step, where step `s` holds codebook `k` of frame `s − k` and padding where there is none:
   * `(frames + codebooks − 1) × codebooks` ids. The delay pattern of MusicGen (arXiv 2306.05284, section 2.1).
   */
  | 'delayed'
  /**
   * All frames of codebook 0, then all of codebook 1, …: parallel streams laid end to end, coarse to fine,
   * `frames × codebooks` ids. (MusicGen's "parallel" emits a frame at once through one head per codebook;
   * that is the matrix itself, and has no flat form.)
   */
  | 'parallel';

/** Codebook of a position that holds padding. */
export const PADDING = -1;

export interface FramePattern {
  /** Ids in the stream. */
  streamLength(frames: number, codebooks: number): number;
  /** Codebook at a position below `streamLength`, or {@link PADDING}. */
  codebookAt(position: number, frames: number, codebooks: number): number;
}

export const FRAME_PATTERNS: Readonly<Record<FramePatternName, FramePattern>> = {
  interleaved: {
    streamLength: (frames, codebooks) => frames * codebooks,
    codebookAt: (position, _frames, codebooks) => position % codebooks,
  },
  delayed: {
    streamLength: (frames, codebooks) => (frames === 0 ? 0 : (frames + codebooks - 1) * codebooks),
    codebookAt(position, frames, codebooks) {
      const codebook = position % codebooks;
      const frame = Math.floor(position / codebooks) - codebook;
      return frame >= 0 && frame < frames ? codebook : PADDING;
    },
  },
  parallel: {
    streamLength: (frames, codebooks) => frames * codebooks,
    codebookAt: (position, frames) => Math.floor(position / frames),
  },
};

/** Names a {@link FramePattern}; true only for those above. */
export function isFramePatternName(name: unknown): name is FramePatternName {
  return typeof name === 'string' && Object.hasOwn(FRAME_PATTERNS, name);
}
