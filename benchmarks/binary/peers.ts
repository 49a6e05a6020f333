import path from 'node:path';
import { bundle } from '../harness/bundle.js';
import type { PeerSpec } from '../harness/peer.js';
import { BUNDLES, CACHE, HERE } from './paths.js';
import type { VocabularyFiles } from './vocabulary.js';

/** Programs that {@link SETUP} brings. */
const PYTHON = path.join(CACHE, 'venv', 'bin', 'python');
const RUST = path.join(CACHE, 'rust', 'release', 'polytok-peers');

/** One thread, whatever the peer would take by itself. */
const ONE_THREAD = { RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' };
const TWO_THREADS = { RAYON_NUM_THREADS: '2', TOKENIZERS_PARALLELISM: 'true' };

/** Names of the encoders that are compared. */
export type EncoderName =
  | 'polytok'
  | 'polytok, merge list'
  | 'polytok, shipped 64k'
  | 'HF tokenizers (Python)'
  | 'HF tokenizers (Python), 2 threads'
  | 'HF tokenizers (Node)'
  | '@huggingface/tokenizers (JS)'
  | 'tiktoken (Python)'
  | 'tiktoken (WASM)'
  | 'bpe (Rust)';

/** How to start each encoder on one vocabulary. */
export async function encoderSpecs(
  names: readonly EncoderName[],
  { tokenizerJson, rankList, merges }: VocabularyFiles,
): Promise<PeerSpec[]> {
  const commands: Record<EncoderName, () => Promise<string[]> | string[]> = {
    polytok: () => nodePeer('polytok', tokenizerJson),
    'polytok, merge list': () => nodePeer('polytok', merges),
    'polytok, shipped 64k': () => nodePeer('polytok-shipped', '64k'),
    'HF tokenizers (Python)': () => [PYTHON, peerFile('huggingface.py'), tokenizerJson],
    'HF tokenizers (Python), 2 threads': () => [PYTHON, peerFile('huggingface.py'), tokenizerJson],
    'HF tokenizers (Node)': () => nodePeer('huggingface-node', tokenizerJson),
    '@huggingface/tokenizers (JS)': () => nodePeer('huggingface-js', tokenizerJson),
    'tiktoken (Python)': () => [PYTHON, peerFile('tiktoken_bytes.py'), rankList],
    'tiktoken (WASM)': () => nodePeer('tiktoken-wasm', rankList),
    'bpe (Rust)': () => [RUST, 'encode', rankList],
  };
  const specs: PeerSpec[] = [];
  for (const name of names) {
    const env = name.endsWith('2 threads') ? TWO_THREADS : ONE_THREAD;
    specs.push({ name, command: await commands[name](), env });
  }
  return specs;
}

export type TrainerName = 'polytok' | 'HF BpeTrainer' | 'bbpe';

export async function trainerSpecs(names: readonly TrainerName[]): Promise<PeerSpec[]> {
  const commands: Record<TrainerName, () => Promise<string[]> | string[]> = {
    polytok: () => nodePeer('train-polytok'),
    'HF BpeTrainer': () => [PYTHON, peerFile('train_huggingface.py')],
    bbpe: () => [RUST, 'train'],
  };
  const specs: PeerSpec[] = [];
  for (const name of names) specs.push({ name, command: await commands[name]() });
  return specs;
}

async function nodePeer(name: string, ...args: string[]): Promise<string[]> {
  return [process.execPath, await bundle(peerFile(`${name}.ts`), BUNDLES), ...args];
}

function peerFile(name: string): string {
  return path.join(HERE, 'peers', name);
}
