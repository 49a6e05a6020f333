/** Special tokens of the Binary BPE vocabularies (arXiv 2511.17573), in their order. */
export const BINARY_SPECIALS: readonly string[] = [
  '<|start|>',
  '<|end|>',
  '<|pad|>',
  '<|unk|>',
  '<|cls|>',
  '<|sep|>',
  '<|mask|>',
];
