import type { EpisodeStart } from '@polytok/action/replay';
import type { Draw } from './scene.js';

/** What an expert does: from where, and which commands. */
export interface Episode {
  readonly start: EpisodeStart;
  /** `(steps, columns)` */
  readonly actions: Float32Array;
}

/** Plans an episode of one task. Scripted: it knows where things are, and looks no more. */
export type Expert = (draw: Draw) => Episode;
