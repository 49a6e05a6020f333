import { TOKEN_BORDERS } from '@polytok/binary';
import { choice, text } from '../options.js';

export const tokenizerOption = text({
  hint: 'NAME|FILE',
  short: 't',
  description:
    'A shipped vocabulary (4k, 8k, 16k, 32k, 64k; default 32k), or a tokenizer.json or polytok.json file',
});

export const bordersOption = choice({
  hint: 'KIND',
  of: TOKEN_BORDERS,
  description:
    'Where tokens must end: file (only there), sections, or instructions (sections, and the instruction grid of arm64 and its like). Default: as the tokenizer says',
});
