/** A fenced block of a Markdown file that is marked to be run, with the output that the file says it prints. */
export interface RunnableBlock {
  /** 1-based line of the opening fence, to find it by. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Content of a `text` block right behind it; undefined when there is none. */
  readonly output: string | undefined;
}

/** Blocks opened by a language and `run`. A `text` block that follows such a block is what it prints. */
const RUNNABLE = /^```(\w+) run\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms;

export function readBlocks(markdown: string): RunnableBlock[] {
  return Array.from(markdown.replaceAll('\r\n', '\n').matchAll(RUNNABLE), (match) => {
    const [, language, code, output] = match;
    const line = match.input.slice(0, match.index).split('\n').length;
    return { line, language, code, output };
  });
}
