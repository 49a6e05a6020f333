import type { ConformanceSubject, Law } from './conformance.js';
import { expectEqualTokens, expectPlainJson, lawForEach } from './expectations.js';

/** What `toJSON` and `fromJSON` promise. */
export function configLaws<Signal, Decoded>(subject: ConformanceSubject<Signal, Decoded>): Law[] {
  return [
    {
      name: 'the configuration is plain JSON with a type',
      async check() {
        const config = subject.tokenizer().toJSON();
        expectPlainJson('The configuration', config);
        if (typeof config.type !== 'string' || config.type === '') {
          throw new Error(
            `The configuration's type must name the tokenizer; it is ${JSON.stringify(config.type)}.`,
          );
        }
      },
    },

    lawForEach('fromJSON(toJSON()) encodes identically', subject.signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      const revived = await subject.fromJSON(JSON.parse(JSON.stringify(tokenizer.toJSON())));
      expectEqualTokens(
        'the revived tokenizer',
        await revived.encode(signal),
        await tokenizer.encode(signal),
      );
    }),
  ];
}
