/**
 * Maps items with up to `concurrency` calls under way. Results are in the order of the items. After a failure no
 * call is started; those under way finish before the first failure is thrown, so that nothing runs on unseen.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  concurrency: number,
  map: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let failure: { readonly reason: unknown } | undefined;
  let next = 0;
  async function work(): Promise<void> {
    while (next < items.length && failure === undefined) {
      const index = next++;
      try {
        results[index] = await map(items[index], index);
      } catch (reason) {
        failure ??= { reason };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
  if (failure) throw failure.reason;
  return results;
}
