import { PolytokError } from '@polytok/common';
import type { MujocoLike } from './mujoco-like.js';

/** The version of the optional package that is tested. Another one may step differently in the last bits. */
const PACKAGE = 'mujoco-js@0.0.7';

/** The simulator, in WebAssembly: 80 ms once it is installed. @throws PolytokError `UNAVAILABLE` where it is not */
export async function loadMujoco(): Promise<MujocoLike> {
  try {
    // A name that bundlers cannot see through: who bundles a replay passes the module that they import.
    const name = PACKAGE.split('@')[0];
    const { default: start } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    return (await start()) as MujocoLike;
  } catch (cause) {
    throw new PolytokError(
      'UNAVAILABLE',
      `Replays need the optional package ${PACKAGE}, and it does not load (${cause instanceof Error ? cause.message : cause}). Install it beside @polytok/action.`,
      { details: { package: PACKAGE }, cause },
    );
  }
}
