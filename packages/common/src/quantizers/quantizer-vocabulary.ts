import type { Modality } from '../contract.js';
import { fingerprintOf } from '../fingerprint.js';
import { Vocabulary } from '../vocabulary.js';
import type { Quantizer } from './contract.js';

/**
 * The ids of a quantizer as a vocabulary, whose fingerprint covers the whole configuration.
 * @param layout names how ids are laid out, for example 'lsb-first'
 */
export function quantizerVocabulary(quantizer: Quantizer, modality: Modality, layout: string): Vocabulary {
  return new Vocabulary({
    modality,
    codebookSizes: quantizer.codebookSizes,
    layout,
    content: fingerprintOf(JSON.stringify(quantizer.toJSON())),
  });
}
