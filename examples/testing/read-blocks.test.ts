import { expect, it } from 'vitest';
import { readBlocks } from './read-blocks.js';

const MARKDOWN = `# Title

\`\`\`ts run
console.log('a');
\`\`\`

\`\`\`text
a
\`\`\`

\`\`\`ts
sketch();
\`\`\`

\`\`\`sh run
polytok --version
\`\`\`

Prose, so that this is no output:

\`\`\`text
b
\`\`\`
`;

const BLOCKS = [
  { line: 3, language: 'ts', code: "console.log('a');\n", output: 'a\n' },
  { line: 15, language: 'sh', code: 'polytok --version\n', output: undefined },
];

it('finds marked blocks with the output right behind them', () => {
  expect(readBlocks(MARKDOWN)).toEqual(BLOCKS);
});

it('reads files with Windows line ends alike', () => {
  expect(readBlocks(MARKDOWN.replaceAll('\n', '\r\n'))).toEqual(BLOCKS);
});
