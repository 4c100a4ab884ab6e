/** What a call gives, or what it throws, as something to compare. */
export function outcomeOf(call: () => unknown): unknown {
  try {
    return { gives: call() };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    return { throws: name, message, code };
  }
}
