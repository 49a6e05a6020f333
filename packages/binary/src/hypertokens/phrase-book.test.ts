import { expect, it } from 'vitest';
import { NO_CODE, PhraseBook } from './phrase-book.js';

it('gives entries the codes after the vocabulary and spells them out', () => {
  const book = new PhraseBook(10, 3);
  expect(book.nextCode).toBe(10);
  book.add(7, 2);
  book.add(10, 9);
  expect(book.size).toBe(2);
  expect(book.phrase(3)).toEqual(Uint32Array.of(3));
  expect(book.phrase(11)).toEqual(Uint32Array.of(7, 2, 9));
  expect(book.firstId(11)).toBe(7);
  expect(book.lengthOf(11)).toBe(3);
});

it('finds a phrase by its parts, also in a full book', () => {
  const book = new PhraseBook(1000, 500);
  for (let i = 0; i < 500; i++) book.add(i, 999 - i);
  expect(book.isFull).toBe(true);
  for (let i = 0; i < 500; i++) {
    expect(book.find(i, 999 - i)).toBe(1000 + i);
    expect(book.find(999 - i, i)).toBe(NO_CODE);
  }
});

it('is full from the start at capacity 0', () => {
  const book = new PhraseBook(4, 0);
  expect(book.isFull).toBe(true);
  expect(book.find(0, 0)).toBe(NO_CODE);
});
