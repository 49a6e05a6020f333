/** polytok with a vocabulary that it ships: `node polytok-shipped.mjs <name>`. */
import { type BinaryVocabularyName, binaryTokenizer } from '@polytok/binary/vocabularies';
import { polytokMethods } from './polytok-methods.js';
import { serve } from './serve.js';

await serve('source', () => polytokMethods(binaryTokenizer(process.argv[2] as BinaryVocabularyName).model));
