import { type ActionChunk, type ChunkOptions, chunksOf } from '@polytok/action';
import type { Task } from '@polytok/action/replay';
import { planEpisode } from './expert.js';

/** Chunks to fit a tokenizer to: of so many plans for a task, from episode 100 on, which no sample is. */
export function planChunks(task: Task, plans: number, chunking: ChunkOptions): ActionChunk[] {
  return Array.from({ length: plans }, (_, number) => [
    ...chunksOf(planEpisode(task, 100 + number).actions, chunking),
  ]).flat();
}
