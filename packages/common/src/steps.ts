/**
 * One algorithm for synchronous and asynchronous arithmetic. It is a generator that yields what each piece of work
 * returns: nothing where the work is done, a promise where it is under way. The driver decides whether to wait.
 */
export type Steps<Result = void> = Generator<void | Promise<void>, Result, void>;

/** Runs steps none of which is under way when it is yielded. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs steps, waiting for each. A rejection is thrown where the step was yielded, so that `finally` blocks run. */
export async function awaitSteps<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (!step.done) {
    try {
      await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next();
  }
  return step.value;
}

/** The result of work that may be under way, for steps that need it: `const sum = yield* resultOf(work)`. */
export function* resultOf<Result>(work: Result | Promise<Result>): Steps<Result> {
  if (!(work instanceof Promise)) return work;
  let result!: Result;
  yield work.then((value) => {
    result = value;
  });
  return result;
}
