import { throwIfAborted } from './errors.js';

/** Time between two looks at the event loop, in milliseconds. */
const BREATH_MS = 100;

/**
 * What long work calls between its steps: it lets the event loop run now and then, and throws `ABORTED` when the signal
 * has fired.
 * @param what names the work, for the message
 */
export function breather(what: string, signal: AbortSignal | undefined): () => Promise<void> {
  let breath = Date.now();
  return async () => {
    if (Date.now() - breath >= BREATH_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      breath = Date.now();
    }
    throwIfAborted(signal, what);
  };
}
