import { escapeHtml } from './html-escape.js';

const STYLE = `body { font: 15px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 2rem }
th, td { padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right }
th:first-child, td:first-child { text-align: left }
svg { max-width: 100%; height: auto; margin: 1rem 0 }`;

/** One HTML file that loads nothing else. @param parts HTML, escaped already */
export function htmlPage({
  title,
  heading,
  parts,
}: {
  title: string;
  heading: string;
  parts: readonly string[];
}): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(heading)}</h1>`,
    ...parts,
    '</body></html>\n',
  ].join('\n');
}

/** A table of text; the first column is on the left, the others are numbers. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return ['<table>', line('th', head), ...rows.map((row) => line('td', row)), '</table>'].join('\n');
}
