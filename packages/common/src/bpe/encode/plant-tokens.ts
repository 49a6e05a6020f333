import type { TokenSymbols } from './token-symbols.js';
import { NONE, TokenTrie } from './token-trie.js';

export interface PlantedTokens {
  readonly trie: TokenTrie;
  /** `(tokens)` node that spells each token; NONE where it is not reachable. */
  readonly nodeOf: Uint32Array;
  /** `(nodes)` the longest token that is a prefix of the node's string, or NONE. */
  readonly longestOf: Uint32Array;
}

/**
 * Enters the bytes of every reachable token into a trie.
 *
 * @param parts `(tokens, 2)` left and right part of each merge, reachable if the merge is
 */
export function plantTokens(
  { symbols, offsets }: TokenSymbols,
  parts: Uint32Array,
  reachable: Uint8Array,
  alphabetSize: number,
): PlantedTokens {
  const bytes = new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const width = symbols.BYTES_PER_ELEMENT;
  const tokens = reachable.length;
  const trie = new TokenTrie();
  const nodeOf = new Uint32Array(tokens).fill(NONE);
  for (let token = 0; token < tokens; token++) {
    if (!reachable[token]) continue;
    // A merge goes on at the node of its left part.
    const isSymbol = token < alphabetSize;
    const rest = isSymbol ? token : parts[2 * token + 1];
    let node = isSymbol ? 0 : nodeOf[parts[2 * token]];
    const end = offsets[rest + 1] * width;
    for (let k = offsets[rest] * width; k < end; k++) node = trie.step(node, bytes[k]);
    nodeOf[token] = node;
  }
  const longestOf = new Uint32Array(trie.nodes).fill(NONE);
  for (let token = 0; token < tokens; token++) if (nodeOf[token] !== NONE) longestOf[nodeOf[token]] = token;
  // A node is made after its parent.
  for (let node = 1; node < trie.nodes; node++) {
    if (longestOf[node] === NONE) longestOf[node] = longestOf[trie.parent[node]];
  }
  return { trie, nodeOf, longestOf };
}
