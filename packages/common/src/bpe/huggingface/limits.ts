/** Longest tokenizer.json that is read or written. 262,144 tokens of up to 16 bytes take about 25 MB; JSON this long takes up to 1 GB of memory. */
export const MAX_TOKENIZER_JSON_BYTES = 1 << 25;

/**
 * Characters examined to find where merges written as `"a b"` divide: line length × spaces, summed over lines
 * with several spaces. Published files stay below 10^5; the limit is about a second.
 */
export const MAX_SPLIT_WORK = 1 << 28;
