import { basename, resolve } from 'node:path';
import { BinaryEvaluation, type BinaryEvaluationReport, type BinaryTokenizer } from '@polytok/binary';
import { throwIfAborted } from '@polytok/common';
import { type InputFailure, readFileBytes, toInputFailure, writeFileAtomic } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { REPORT_OPTIONS } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { matchedPaths, resolveInputs } from '../inputs.js';
import { DEFAULT_TOKENIZER, loadTokenizer } from '../load-tokenizer.js';
import { parsed, text, texts } from '../options.js';
import { formatCount } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { loadDisassembler } from './disassemble.js';
import { evaluationHtml } from './eval-html.js';
import { evaluationText } from './eval-text.js';
import { bordersOption, tokenizerOption } from './tokenizer-options.js';

const specs = {
  tokenizer: texts({
    ...tokenizerOption,
    hint: 'NAME|FILE',
    description: `${tokenizerOption.description}. May stand several times`,
  }),
  borders: bordersOption,
  parallel: texts({
    hint: 'PATTERN',
    description:
      'Files that hold the same content, built for several formats and architectures; parity is measured on them. Default: on all files, by tokens per byte. May stand several times',
  }),
  alpha: parsed({
    hint: 'A',
    description: 'Order of the Rényi efficiency. Default: 2.5',
    parse: (value, name) => {
      const alpha = value.trim() === '' ? Number.NaN : Number(value);
      if (!(alpha > 0)) throw usageError(`${name} is a number above 0; got '${value}'.`);
      return alpha;
    },
  }),
  report: text({ hint: 'FILE', description: 'Also write a self-contained HTML file with plots' }),
  ...REPORT_OPTIONS,
};

export const evalCommand = defineCommand({
  name: 'binary eval',
  summary: 'Compare tokenizers on files.',
  usage: '[options] INPUT…',
  details: [
    'Groups are formats × architectures. Seam inflation is the share of extra tokens when files are cut into pieces of 8,192 bytes; fragment stability the share of token borders that stay when the first byte is cut off. Instructions are found by their fixed length, or in x86 by the package capstone-wasm where it is installed.',
  ],
  options: specs,
  examples: [
    { command: 'binary eval -t 32k -t mine.json files/', says: 'Compare a shipped vocabulary with your own' },
    {
      command: "binary eval -t 4k -t 64k files/ --parallel 'files/tool-*' --report report.html",
      says: 'Parity over builds of one program, with plots',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const reporter = new Reporter(io, options);
  const { files, failures } = await resolveInputs({ inputs, reporter, signal: io.signal });
  const parallel =
    options.parallel.length > 0 ? await matchedPaths(options.parallel, '--parallel', io.signal) : [];
  const { disassemble, reason } = await loadDisassembler();
  const tokenizers = await loadTokenizers(options.tokenizer, options.borders);
  const evaluation = new BinaryEvaluation({ tokenizers, alpha: options.alpha, disassemble });
  const isParallel = new Set(parallel.map((path) => resolve(path)));
  const unread: InputFailure[] = [];
  const progress = reporter.startProgress({
    label: 'eval',
    format: (amount) => `${formatCount(amount)} files`,
  });
  for (const [k, path] of files.entries()) {
    throwIfAborted(io.signal, 'The evaluation');
    try {
      const bytes = await readFileBytes(path, { stdin: io.stdin });
      evaluation.add({ bytes, parallel: isParallel.has(resolve(path)) });
    } catch (error) {
      unread.push(toInputFailure(path, error));
    }
    progress.update(k + 1, files.length);
  }
  reporter.failures(unread);
  const report = evaluation.report();
  if (parallel.length > 0 && report.tokenizers[0].parity === undefined)
    reporter.warn('parity needs parallel files of two groups or more; those of --parallel are of one.');
  const missing = describeMissing(report, reason);
  if (options.report !== undefined) {
    const html = new TextEncoder().encode(evaluationHtml(report, missing));
    await writeFileAtomic(options.report, html, { signal: io.signal });
  }
  const allFailures = [...failures, ...unread];
  await reporter.result(evaluationText(report, missing), {
    ...report,
    withoutInstructionsBecause: missing,
    failures: allFailures,
  });
  return allFailures.length > 0 ? EXIT.failed : EXIT.done;
}

/** Under the shortest names that tell them apart. */
async function loadTokenizers(
  given: readonly string[],
  borders: Parameters<typeof loadTokenizer>[1],
): Promise<{ name: string; tokenizer: BinaryTokenizer }[]> {
  const paths = given.length > 0 ? given : [DEFAULT_TOKENIZER];
  const repeated = paths.find((path, k) => paths.indexOf(path) < k);
  if (repeated !== undefined) throw usageError(`--tokenizer ${repeated} stands twice; name each once.`);
  const short = paths.map((path) => basename(path));
  const isDistinct = new Set(short).size === short.length;
  const loaded = [];
  for (const [k, path] of paths.entries())
    loaded.push({ name: isDistinct ? short[k] : path, tokenizer: await loadTokenizer(path, borders) });
  return loaded;
}

/** A sentence on the architectures without figures, so that their absence is no riddle. */
function describeMissing(
  { withoutInstructions }: BinaryEvaluationReport,
  reason: string | undefined,
): string | undefined {
  if (withoutInstructions.length === 0) return undefined;
  const why = reason ?? 'no disassembler is known for them';
  return `No instruction alignment for ${withoutInstructions.join(', ')}: ${why}.`;
}
