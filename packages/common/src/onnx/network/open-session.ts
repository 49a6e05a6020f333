import { PolytokError } from '../../errors.js';
import { createOnnxSession, type OnnxRuntime, type OnnxSession, type OnnxSessionOptions } from './runtime.js';

/**
 * A session on the first provider that opens the model.
 * @throws PolytokError `UNAVAILABLE` when none does, each with its reason
 */
export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  providers: readonly string[],
  options: OnnxSessionOptions,
): Promise<{ session: OnnxSession; provider: string }> {
  const reasons: Record<string, string> = {};
  for (const provider of providers) {
    try {
      const session = await createOnnxSession(runtime, model, {
        ...options,
        executionProviders: [provider],
        logSeverityLevel: 3,
      });
      return { session, provider };
    } catch (error) {
      reasons[provider] = error instanceof Error ? error.message : String(error);
    }
  }
  const list = Object.entries(reasons).map(([name, reason]) => `${name}: ${reason}`);
  throw new PolytokError(
    'UNAVAILABLE',
    `No execution provider opens this network. ${list.join('; ') || 'None was named.'}`,
    { details: { reasons } },
  );
}
