/**
 * Records the scripted experts of Meta-World (a Sawyer arm in MuJoCo, up to 50 tasks) as a LeRobot data set of version 3.0, for
 * `polytok action`. `action` is what the experts say, the hand's velocity and the gripper's effort; `observation.state` the
 * seven joints and two fingers, measured before it.
 *
 *   pnpm action:metaworld [--tasks 10] [--episodes 20] [--out FOLDER]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { LeRobotWriter } from '@polytok/action/data';
import { createDatasetFolder } from '@polytok/action/node';
import { type Peer, startAvailable } from '../harness/peer.js';
import { CACHE, HERE } from './paths.js';

interface Opened {
  readonly fps: number;
  readonly joints: readonly string[];
}

interface Recorded {
  readonly actions: readonly (readonly number[])[];
  readonly states: readonly (readonly number[])[];
  readonly success: boolean;
}

/** Steps that an episode goes on when its task is done. */
const HOLD = 10;
/** Of the tasks' random goals. */
const SEED = 1;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10' },
    episodes: { type: 'string', default: '20' },
    out: { type: 'string', default: path.join(CACHE, 'metaworld-episodes') },
  },
});

const command = [path.join(CACHE, 'metaworld/bin/python'), path.join(HERE, 'peers/metaworld_experts.py')];
const [peer] = await startAvailable([{ name: 'metaworld', command }], 'benchmarks/action/setup-metaworld.sh');
if (peer) await record(peer);
else process.exitCode = 1;

async function record(experts: Peer): Promise<void> {
  console.log(experts.ready.version);
  const all = await experts.ask<string[]>({ do: 'tasks' });
  let writer: LeRobotWriter | undefined;
  for (const task of spaced(all, Number(values.tasks))) {
    const opened = await experts.ask<Opened>({ do: 'open', task, seed: SEED });
    writer ??= await createWriter(opened);
    let [frames, successes] = [0, 0];
    for (let number = 0; number < Number(values.episodes); number++) {
      const { actions, states, success } = await experts.ask<Recorded>({ do: 'episode', hold: HOLD });
      const frameValues = { action: matrix(actions), 'observation.state': matrix(states) };
      await writer.addEpisode({ task, values: frameValues });
      frames += actions.length;
      successes += Number(success);
    }
    await experts.ask({ do: 'close' });
    console.log(`${task}: ${frames} frames, ${successes} of ${values.episodes} successful`);
  }
  await writer?.finish();
  experts.stop();
  console.log(`Wrote ${path.relative(process.cwd(), values.out)}`);
}

/** As many tasks as are wanted, from all over the list. */
function spaced(all: readonly string[], count: number): string[] {
  const wanted = Math.min(count, all.length);
  return Array.from({ length: wanted }, (_, at) => all[Math.floor((at * all.length) / wanted)]);
}

async function createWriter({ fps, joints }: Opened): Promise<LeRobotWriter> {
  return new LeRobotWriter(await createDatasetFolder(values.out), {
    fps,
    robotType: 'sawyer',
    features: {
      action: { names: ['x', 'y', 'z', 'gripper'], grippers: [3], kind: 'delta' },
      'observation.state': { names: joints },
    },
  });
}

function matrix(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flat());
}
