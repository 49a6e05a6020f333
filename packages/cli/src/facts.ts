import { escapeText } from './escape-text.js';
import type { Reporter } from './reporter.js';

/** A name, the value for programs, and in words where these differ. */
export type Fact = readonly [name: string, value: unknown, text?: string];

/** Prints what is known of an input, a line per fact, or as JSON. */
export async function showFacts(reporter: Reporter, input: string, facts: readonly Fact[]): Promise<void> {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value, text]) => `  ${name.padEnd(width)}${text ?? String(value)}\n`);
  await reporter.result(`${escapeText(input)}\n${lines.join('')}`, {
    input,
    ...Object.fromEntries(facts.map(([name, value]) => [name, value])),
  });
}
