/**
 * Puts the tables of the last runs into README.md, each between its `<!-- name -->` and `<!-- /name -->`.
 *
 *   pnpm kernels:readme
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HERE, RESULTS } from './paths.js';

const readme = path.join(HERE, 'README.md');
const text = readFileSync(readme, 'utf8').replace(
  /<!-- (\w+(?:-\w+)*) -->[\s\S]*?<!-- \/\1 -->/g,
  (block, name: string) => {
    const file = path.join(RESULTS, `${name}.md`);
    if (existsSync(file)) return `<!-- ${name} -->\n\n${readFileSync(file, 'utf8')}\n<!-- /${name} -->`;
    console.log(`${name} has not been run; its figures stay.`);
    return block;
  },
);
writeFileSync(readme, text);
