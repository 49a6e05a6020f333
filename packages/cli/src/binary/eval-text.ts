import type { BinaryEvaluationReport, TokenizerReport } from '@polytok/binary';
import { escapeText } from '../escape-text.js';
import { formatBytes, formatCount } from '../quantities.js';
import { formatTable } from '../table.js';

/** One measure of a tokenizer, or undefined where it does not apply. */
export interface Measure {
  readonly name: string;
  readonly value: (report: TokenizerReport) => number | undefined;
  /** Digits after the point. */
  readonly digits: number;
}

/** The measures of whole tokenizers, with what one has to know to compare them. */
export function overallMeasures({ tokenizers }: BinaryEvaluationReport): Measure[] {
  const [{ renyiEfficiency, seamInflation, parity }] = tokenizers;
  const basis = parity?.basis ?? 'tokens per byte';
  return [
    { name: 'vocabulary (V, specials excluded)', value: (r) => r.utilisation.vocabularySize, digits: 0 },
    { name: 'bytes per token', value: (r) => r.overall.bytesPerToken, digits: 3 },
    { name: 'tokens', value: (r) => r.overall.tokens, digits: 0 },
    { name: 'utilisation (used ids / V)', value: (r) => r.utilisation.value, digits: 3 },
    {
      name: `Rényi efficiency (alpha ${renyiEfficiency.alpha}, V)`,
      value: (r) => r.renyiEfficiency.value,
      digits: 3,
    },
    { name: 'unigram bits per byte', value: (r) => r.unigramBitsPerByte, digits: 3 },
    { name: `parity: Gini of ${basis}`, value: (r) => r.parity?.gini, digits: 3 },
    { name: `parity: max / min of ${basis}`, value: (r) => r.parity?.maxOverMin, digits: 3 },
    {
      name: `seam inflation at ${formatCount(seamInflation.pieceBytes)} bytes`,
      value: (r) => r.seamInflation.value,
      digits: 4,
    },
    { name: 'fragment stability', value: (r) => r.fragmentStability.value, digits: 4 },
  ];
}

/** The measures of instruction alignment, for one architecture. */
export function alignmentMeasures(architecture: string): Measure[] {
  const of = (
    key: 'precision' | 'recall' | 'whole' | 'straddling' | 'tokensPerInstruction' | 'baseRate',
  ) => ({
    value: (report: TokenizerReport) => report.instructionAlignment[architecture]?.[key],
    digits: 3,
  });
  return [
    { name: 'token starts that are instruction starts', ...of('precision') },
    { name: '  of random borders', ...of('baseRate') },
    { name: 'instruction starts that are token starts', ...of('recall') },
    { name: 'tokens of whole instructions', ...of('whole') },
    { name: 'tokens that straddle instructions', ...of('straddling') },
    { name: 'tokens per instruction', ...of('tokensPerInstruction') },
  ];
}

/** Bytes per token by group, then the premium of each group. */
export function groupMeasures(group: string): { compression: Measure; premium: Measure } {
  return {
    compression: { name: group, value: (r) => r.groups[group]?.bytesPerToken, digits: 3 },
    premium: { name: group, value: (r) => r.parity?.premium[group], digits: 3 },
  };
}

export function architecturesOf({ tokenizers }: BinaryEvaluationReport): string[] {
  return Object.keys(tokenizers[0].instructionAlignment);
}

export function groupsOf({ tokenizers }: BinaryEvaluationReport): string[] {
  return Object.keys(tokenizers[0].groups);
}

export function formatMeasure({ value, digits }: Measure, report: TokenizerReport): string {
  const number = value(report);
  if (number === undefined) return '';
  return digits === 0 ? formatCount(number) : number.toFixed(digits);
}

/** An evaluation as tables for a terminal, one column per tokenizer. @param missing why instructions are not found */
export function evaluationText(report: BinaryEvaluationReport, missing: string | undefined): string {
  const { tokenizers } = report;
  const names = tokenizers.map(({ name }) => escapeText(name));
  const table = (title: string, measures: readonly Measure[]) =>
    formatTable(
      [{ title }, ...names.map((name) => ({ title: name, align: 'right' }) as const)],
      measures.map((measure) => [
        measure.name,
        ...tokenizers.map((tokenizer) => formatMeasure(measure, tokenizer)),
      ]),
    );
  const groups = groupsOf(report).map(groupMeasures);
  const { parity } = tokenizers[0];
  return [
    `${formatCount(report.files)} files, ${formatBytes(report.bytes)}\n`,
    table('overall', overallMeasures(report)),
    table(
      'bytes per token',
      groups.map(({ compression }) => compression),
    ),
    ...(parity
      ? [
          table(
            `premium (${parity.basis})`,
            groups.map(({ premium }) => premium),
          ),
        ]
      : []),
    ...architecturesOf(report).map((name) => table(`instructions: ${name}`, alignmentMeasures(name))),
    ...(missing ? [`${missing}\n`] : []),
  ].join('\n');
}
