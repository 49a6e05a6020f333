export * from './merge-table.js';
