import { expect, test } from 'vitest';
import { barChart } from './bar-chart.js';

test('bars are as long as their values, and text from outside is escaped', () => {
  const svg = barChart({
    title: 'Compression',
    axis: 'bytes per token',
    labels: ['ELF <x64>', 'PE x86'],
    series: [
      { name: 'a & b', values: [2, 1] },
      { name: 'c', values: [undefined, 0.5] },
    ],
  });
  const bars = [
    ...svg.matchAll(/<rect [^>]*width="([\d.]+)" height="12" fill="(#\w+)"\/><text [^>]*>([\d.]+)</g),
  ];
  expect(bars.map(([, width, color, value]) => [width, color, value])).toEqual([
    ['440.0', '#0072b2', '2'],
    ['220.0', '#0072b2', '1'],
    ['110.0', '#e69f00', '0.5'],
  ]);
  expect(svg).toContain('>ELF &lt;x64&gt;</text>');
  expect(svg).toContain('>a &amp; b</text>');
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 780 152"[\s\S]*<\/svg>$/);
});

test('zeros and small values are legible', () => {
  const svg = barChart({
    title: '',
    axis: '',
    labels: ['a', 'b'],
    series: [{ name: 's', values: [0, 0.00012345] }],
  });
  expect(svg).toContain('>0</text>');
  expect(svg).toContain('>0.00012</text>');
});

test('bars below zero go to the left', () => {
  const svg = barChart({
    title: '',
    axis: '',
    labels: ['a', 'b'],
    series: [{ name: 's', values: [-3, 1] }],
  });
  const bars = [
    ...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="12" fill="#0072b2"\/><text x/g),
  ];
  expect(bars.slice(-2).map(([, x, width]) => [Number(x), Number(width)])).toEqual([
    [270, 330],
    [600, 110],
  ]);
});
